import {
  ConnectionError,
  type Job,
  type JobHandle,
  type JobHistory,
  RequestAbortedError,
  RequestTimeoutError,
} from 'bacalhau-sdk';
import { type Inputs, useCallback, useEffect, useState } from 'preact/hooks';

/** The last known value, and the last error. */
interface State<T> {
  readonly value: T | undefined;
  readonly error: Error | undefined;
}

export interface Live<T> extends State<T> {
  /** Begins anew, at once. */
  readonly retry: () => void;
}

const NOTHING = { value: undefined, error: undefined };

/** After this long, what failed because the server is away begins anew. */
const RETRY_MS = 5_000;
const isAway = (error: unknown): boolean => error instanceof ConnectionError || error instanceof RequestTimeoutError;

/**
 * Runs asynchronous work while the component is mounted and its inputs are unchanged.
 *
 * @returns a function that begins anew
 */
function useWhile(
  work: (signal: AbortSignal) => Promise<void>,
  onError: (error: Error) => void,
  inputs: Inputs,
): () => void {
  const [attempt, setAttempt] = useState(0);
  useEffect(() => {
    const unmounted = new AbortController();
    const { signal } = unmounted;
    const run = async (): Promise<void> => {
      for (;;) {
        try {
          return await work(signal);
        } catch (error) {
          if (signal.aborted || error instanceof RequestAbortedError) return;
          onError(error instanceof Error ? error : new Error(String(error)));
          if (!isAway(error)) return;
        }
        await pause(RETRY_MS, signal);
        await visible(signal);
      }
    };
    // Rejects only if it is aborted while it pauses.
    run().catch(() => undefined);
    return () => unmounted.abort();
  }, [...inputs, attempt]);
  return useCallback(() => setAttempt((attempts) => attempts + 1), []);
}

/** Loads a value once. */
export function useOnce<T>(load: (signal: AbortSignal) => Promise<T>, inputs: Inputs): Live<T> {
  const [live, setLive] = useState<State<T>>(NOTHING);
  const work = async (signal: AbortSignal): Promise<void> => setLive({ value: await load(signal), error: undefined });
  const retry = useWhile(work, (error) => setLive({ value: undefined, error }), inputs);
  return { ...live, retry };
}

/**
 * Polls a value while the page is visible, and at once when the inputs change. After a failure the last value is kept until
 * the next success.
 */
export function useLive<T>(load: (signal: AbortSignal) => Promise<T>, everyMs: number, inputs: Inputs): Live<T> {
  const [live, setLive] = useState<State<T>>(NOTHING);
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
  const retry = useWhile(work, fail, inputs);
  return { ...live, retry };
}

/** A job, updated until it has ended. */
export interface LiveJob extends Live<Job> {
  readonly ended: boolean;
}

export function useJob(handle: JobHandle): LiveJob {
  const [live, setLive] = useState<Omit<LiveJob, 'retry'>>({ ...NOTHING, ended: false });
  const work = async (signal: AbortSignal): Promise<void> => {
    const onUpdate = (value: Job): void => setLive({ value, error: undefined, ended: false });
    setLive({ value: await handle.wait({ signal, onUpdate }), error: undefined, ended: true });
  };
  const retry = useWhile(work, (error) => setLive((live) => ({ ...live, error })), [handle]);
  return { ...live, retry };
}

/** Returns the events of a job as they happen. */
export function useHistory(handle: JobHandle): Live<readonly JobHistory[]> {
  const [live, setLive] = useState<State<readonly JobHistory[]>>(NOTHING);
  const work = async (signal: AbortSignal): Promise<void> => {
    setLive(NOTHING);
    for await (const event of handle.history({ follow: true, eventType: 'all', signal })) {
      setLive(({ value = [] }) => ({ value: [...value, event], error: undefined }));
    }
  };
  const retry = useWhile(work, (error) => setLive(({ value }) => ({ value, error })), [handle]);
  return { ...live, retry };
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
  readonly retry: () => void;
}

/** As many lines as a page can show without becoming slow. */
const LINES_KEPT = 2_000;
/** Lines that arrive in between are shown together. */
const SHOWN_EVERY_MS = 100;
const EMPTY: Omit<LiveLog, 'retry'> = { lines: [], before: 0, ended: false, incomplete: false, error: undefined };

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
  const retry = useWhile(work, (error) => setLive((log) => ({ ...log, error })), [read]);
  return { ...live, retry };
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
