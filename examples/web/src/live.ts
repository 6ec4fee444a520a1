import { type Job, type JobHandle, type JobHistory, RequestAbortedError } from 'bacalhau-sdk';
import { type Inputs, useEffect, useState } from 'preact/hooks';

/** What is known so far, and what went wrong last. */
export interface Live<T> {
  readonly value: T | undefined;
  readonly error: Error | undefined;
}

/** Runs what takes a while, for as long as the component is there and its inputs are the same. */
function useWhile(work: (signal: AbortSignal) => Promise<void>, onError: (error: Error) => void, inputs: Inputs): void {
  useEffect(() => {
    const gone = new AbortController();
    work(gone.signal).catch((error: unknown) => {
      if (gone.signal.aborted || error instanceof RequestAbortedError) return;
      onError(error instanceof Error ? error : new Error(String(error)));
    });
    return () => gone.abort();
  }, inputs);
}

/** Asks once. */
export function useOnce<T>(ask: (signal: AbortSignal) => Promise<T>, inputs: Inputs): Live<T> {
  const [live, setLive] = useState<Live<T>>({ value: undefined, error: undefined });
  const work = async (signal: AbortSignal): Promise<void> => setLive({ value: await ask(signal), error: undefined });
  useWhile(work, (error) => setLive({ value: undefined, error }), inputs);
  return live;
}

/**
 * Asks again and again while somebody looks, and at once when the inputs change. A failure leaves what is known, and the
 * next answer takes it back.
 */
export function useLive<T>(ask: (signal: AbortSignal) => Promise<T>, everyMs: number, inputs: Inputs): Live<T> {
  const [live, setLive] = useState<Live<T>>({ value: undefined, error: undefined });
  const fail = (error: Error): void => setLive(({ value }) => ({ value, error }));
  const work = async (signal: AbortSignal): Promise<void> => {
    for (;;) {
      await ask(signal).then(
        (value) => setLive({ value, error: undefined }),
        (error: unknown) => {
          if (signal.aborted || !(error instanceof Error)) throw error;
          fail(error);
        },
      );
      await pause(everyMs, signal);
      await visible(signal);
    }
  };
  useWhile(work, fail, inputs);
  return live;
}

/** A job as it changes, until it has ended. */
export interface LiveJob extends Live<Job> {
  readonly ended: boolean;
}

export function useJob(handle: JobHandle): LiveJob {
  const [live, setLive] = useState<LiveJob>({ value: undefined, error: undefined, ended: false });
  const work = async (signal: AbortSignal): Promise<void> => {
    setLive({ value: undefined, error: undefined, ended: false });
    const onUpdate = (value: Job): void => setLive({ value, error: undefined, ended: false });
    setLive({ value: await handle.wait({ signal, onUpdate }), error: undefined, ended: true });
  };
  useWhile(work, (error) => setLive((live) => ({ ...live, error })), [handle]);
  return live;
}

/** What happens to a job, as it happens. */
export function useHistory(handle: JobHandle): Live<readonly JobHistory[]> {
  const [live, setLive] = useState<Live<readonly JobHistory[]>>({ value: undefined, error: undefined });
  const work = async (signal: AbortSignal): Promise<void> => {
    setLive({ value: undefined, error: undefined });
    for await (const event of handle.history({ follow: true, eventType: 'all', signal })) {
      setLive(({ value = [] }) => ({ value: [...value, event], error: undefined }));
    }
  };
  useWhile(work, (error) => setLive(({ value }) => ({ value, error })), [handle]);
  return live;
}

/** A line that a job printed. */
export interface LogLine {
  readonly key: number;
  readonly stream: 'stdout' | 'stderr';
  readonly text: string;
}

export interface LiveLog {
  readonly lines: readonly LogLine[];
  /** How many lines came before those that are kept. */
  readonly before: number;
  readonly ended: boolean;
  /** Whether the job may have printed more than there is to read. */
  readonly incomplete: boolean;
  readonly error: Error | undefined;
}

/** As many lines as a page can show without getting slow. */
const LINES_KEPT = 2_000;
/** Lines that come in between are shown at once. */
const SHOWN_EVERY_MS = 100;
const EMPTY: LiveLog = { lines: [], before: 0, ended: false, incomplete: false, error: undefined };

export type ReadLines = (
  signal: AbortSignal,
) => AsyncIterable<{ readonly stream: LogLine['stream']; readonly text: string; readonly incomplete?: true }>;

/** What a job prints, as it comes. `read` must be the same as long as it reads the same. */
export function useLog(read: ReadLines): LiveLog {
  const [live, setLive] = useState(EMPTY);
  const work = async (signal: AbortSignal): Promise<void> => {
    setLive(EMPTY);
    let count = 0;
    let fresh: LogLine[] = [];
    let incomplete = false;
    const show = (ended: boolean): void => {
      const batch = fresh;
      fresh = [];
      if (batch.length === 0 && !ended) return;
      setLive((log) => {
        const lines = [...log.lines, ...batch].slice(-LINES_KEPT);
        return { ...log, lines, before: count - lines.length, ended, incomplete };
      });
    };
    const timer = setInterval(() => show(false), SHOWN_EVERY_MS);
    try {
      for await (const entry of read(signal)) {
        fresh.push({ key: count, stream: entry.stream, text: entry.text });
        count += 1;
        if (entry.incomplete) incomplete = true;
      }
    } finally {
      clearInterval(timer);
      if (!signal.aborted) show(true);
    }
  };
  useWhile(work, (error) => setLive((log) => ({ ...log, error })), [read]);
  return live;
}

const pause = (milliseconds: number, signal: AbortSignal): Promise<void> =>
  until(signal, (done) => {
    const timer = setTimeout(done, milliseconds);
    return () => clearTimeout(timer);
  });

const visible = (signal: AbortSignal): Promise<void> =>
  until(signal, (done) => {
    const look = (): void => {
      if (document.visibilityState === 'visible') done();
    };
    document.addEventListener('visibilitychange', look);
    look();
    return () => document.removeEventListener('visibilitychange', look);
  });

/** Waits for what `begin` waits for, or for the signal; leaves nothing behind either way. */
async function until(signal: AbortSignal, begin: (done: () => void) => () => void): Promise<void> {
  signal.throwIfAborted();
  let end = (): void => undefined;
  let abort = (): void => undefined;
  try {
    await new Promise<void>((resolve, reject) => {
      abort = () => reject(signal.reason);
      signal.addEventListener('abort', abort);
      end = begin(resolve);
    });
  } finally {
    end();
    signal.removeEventListener('abort', abort);
  }
}
