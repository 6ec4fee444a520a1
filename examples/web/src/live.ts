import { type Job, type JobHandle, type JobHistory, RequestAbortedError } from 'bacalhau-sdk';
import { type Inputs, useEffect, useState } from 'preact/hooks';

/** The last known value, and the last error. */
export interface Live<T> {
  readonly value: T | undefined;
  readonly error: Error | undefined;
}

/** Runs asynchronous work while the component is mounted and its inputs are unchanged. */
function useWhile(work: (signal: AbortSignal) => Promise<void>, onError: (error: Error) => void, inputs: Inputs): void {
  useEffect(() => {
    const unmounted = new AbortController();
    work(unmounted.signal).catch((error: unknown) => {
      if (unmounted.signal.aborted || error instanceof RequestAbortedError) return;
      onError(error instanceof Error ? error : new Error(String(error)));
    });
    return () => unmounted.abort();
  }, inputs);
}

/** Loads a value once. */
export function useOnce<T>(load: (signal: AbortSignal) => Promise<T>, inputs: Inputs): Live<T> {
  const [live, setLive] = useState<Live<T>>({ value: undefined, error: undefined });
  const work = async (signal: AbortSignal): Promise<void> => setLive({ value: await load(signal), error: undefined });
  useWhile(work, (error) => setLive({ value: undefined, error }), inputs);
  return live;
}

/**
 * Polls a value while the page is visible, and at once when the inputs change. After a failure the last value is kept until
 * the next success.
 */
export function useLive<T>(load: (signal: AbortSignal) => Promise<T>, everyMs: number, inputs: Inputs): Live<T> {
  const [live, setLive] = useState<Live<T>>({ value: undefined, error: undefined });
  const fail = (error: Error): void => setLive(({ value }) => ({ value, error }));
  const work = async (signal: AbortSignal): Promise<void> => {
    for (;;) {
      await load(signal).then(
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

/** A job, updated until it has ended. */
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

/** Returns the events of a job as they happen. */
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

/** A line of a job's output. */
export interface LogLine {
  readonly key: number;
  readonly stream: 'stdout' | 'stderr';
  readonly text: string;
}

export interface LiveLog {
  readonly lines: readonly LogLine[];
  /** How many earlier lines were dropped. */
  readonly before: number;
  readonly ended: boolean;
  /** Whether the job may have printed more than can be read. */
  readonly incomplete: boolean;
  readonly error: Error | undefined;
}

/** As many lines as a page can show without becoming slow. */
const LINES_KEPT = 2_000;
/** Lines that arrive in between are shown together. */
const SHOWN_EVERY_MS = 100;
const EMPTY: LiveLog = { lines: [], before: 0, ended: false, incomplete: false, error: undefined };

export type ReadLines = (
  signal: AbortSignal,
) => AsyncIterable<{ readonly stream: LogLine['stream']; readonly text: string; readonly incomplete?: true }>;

/** Returns the output of a job as it arrives. `read` must be a stable reference. */
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
    const check = (): void => {
      if (document.visibilityState === 'visible') done();
    };
    document.addEventListener('visibilitychange', check);
    check();
    return () => document.removeEventListener('visibilitychange', check);
  });

/** Waits until `begin` calls `done` or the signal is aborted, and cleans up either way. */
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
