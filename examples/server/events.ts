import { BacalhauError, JobError, type JobHandle } from 'bacalhau-sdk';
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
 * The log is read only as fast as the browser reads it: the SDK awaits every write, and meanwhile buffers a bounded number
 * of entries and closes its socket. Reading stops when the browser disconnects.
 */
export async function sendEvents(job: JobHandle, stream: SSEStreamingApi, gone: AbortSignal): Promise<string> {
  const send = async <E extends keyof Events>(event: E, data: Events[E]): Promise<void> => {
    await stream.writeSSE({ event, data: JSON.stringify(data) });
  };
  let waiting = false;
  const timer = setInterval(async () => {
    if (waiting) return;
    waiting = true;
    await stream.write(': heartbeat\n\n');
    waiting = false;
  }, HEARTBEAT_MS);
  try {
    const { executions } = await job.result({
      output: 'beginning',
      throwOnNonZeroExit: false,
      signal: gone,
      onUpdate: ({ State: state }) => void send('state', { state: state?.StateType, message: state?.Message }),
      onLog: ({ stream: from, text }) => send('log', { stream: from, text }),
    });
    await send('end', { state: 'Completed', exitCodes: executions.map(({ exitCode }) => exitCode) });
    return 'the job has ended';
  } catch (error) {
    if (gone.aborted) return 'the browser disconnected';
    if (error instanceof JobError) {
      await send('end', { state: error.job.State?.StateType, exitCodes: [] });
      return 'the job has ended';
    }
    await send('failure', { message: 'The job can no longer be followed.' });
    if (!(error instanceof BacalhauError)) throw error;
    return error.message;
  } finally {
    clearInterval(timer);
  }
}
