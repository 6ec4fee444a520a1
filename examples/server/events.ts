import { BacalhauError, type Job, type JobHandle } from 'bacalhau-sdk';
import type { SSEStreamingApi } from 'hono/streaming';

/** The data of each event that is sent to the browser, by the event's name. */
export interface Events {
  readonly state: { readonly state: string | undefined; readonly message: string | undefined };
  readonly log: { readonly stream: 'stdout' | 'stderr'; readonly text: string };
  /** The last event. */
  readonly end: { readonly state: string | undefined; readonly exitCodes: readonly number[] };
  readonly failure: { readonly message: string };
}

/** How often a comment is sent over a quiet stream, so that proxies keep it open and a dead peer is noticed. */
const HEARTBEAT_MS = 15_000;

/**
 * Sends a job's states and its log, from the beginning and as they arrive, until it has ended. Resolves with the outcome.
 *
 * The log is read only as fast as the browser reads it: every write is awaited, and meanwhile the SDK buffers a bounded
 * number of entries and closes its socket. Reading stops when the browser disconnects.
 */
export async function sendEvents(job: JobHandle, stream: SSEStreamingApi, gone: AbortSignal): Promise<string> {
  // A failure of one part ends the other.
  const failed = new AbortController();
  const signal = AbortSignal.any([gone, failed.signal]);
  const send = async <E extends keyof Events>(event: E, data: Events[E]): Promise<void> => {
    await stream.writeSSE({ event, data: JSON.stringify(data) });
  };

  const states = async (): Promise<Job> =>
    job.wait({
      signal,
      onUpdate: ({ State: state }) => void send('state', { state: state?.StateType, message: state?.Message }),
    });
  const log = async (): Promise<void> => {
    for await (const { stream: from, text } of job.logs({ follow: true, lines: true, signal })) {
      await send('log', { stream: from, text });
    }
  };
  /** Only of a job that has completed: where nothing ran, servers send 0. */
  const exitCodes = async (state: string | undefined): Promise<number[]> => {
    if (state !== 'Completed') return [];
    const { executions } = await job.result({ throwOnNonZeroExit: false, output: 'beginning', signal });
    return executions.map(({ exitCode }) => exitCode);
  };
  let waiting = false;
  const timer = setInterval(async () => {
    if (waiting) return;
    waiting = true;
    await stream.write(': heartbeat\n\n');
    waiting = false;
  }, HEARTBEAT_MS);
  try {
    const work = [states(), log()] as const;
    for (const part of work) part.catch(() => failed.abort());
    const [{ State: state }] = await Promise.all(work);
    await send('end', { state: state?.StateType, exitCodes: await exitCodes(state?.StateType) });
    return 'the job has ended';
  } catch (error) {
    if (gone.aborted) return 'the browser disconnected';
    await send('failure', { message: 'The job can no longer be followed.' });
    if (!(error instanceof BacalhauError)) throw error;
    return error.message;
  } finally {
    clearInterval(timer);
  }
}
