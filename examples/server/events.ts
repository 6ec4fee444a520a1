import { BacalhauError, type Job, type JobHandle } from 'bacalhau-sdk';
import type { SSEStreamingApi } from 'hono/streaming';

/** What the browser is sent, by the name of the event. */
export interface Events {
  readonly state: { readonly state: string | undefined; readonly message: string | undefined };
  readonly log: { readonly stream: 'stdout' | 'stderr'; readonly text: string };
  /** The last one: nothing more will come. */
  readonly end: { readonly state: string | undefined; readonly exitCodes: readonly number[] };
  readonly failure: { readonly message: string };
}

/** Something passes over a quiet stream this often, so that proxies keep it open and a dead peer is noticed. */
const SIGN_OF_LIFE_MS = 15_000;

/**
 * Sends a job's states and its log, from the beginning and as they come, until it has ended; resolves with how that went.
 *
 * The log is read only as fast as the browser takes it: every piece is awaited, and the SDK holds a bounded number of them
 * and closes its socket meanwhile. It is read no longer than the browser is there.
 */
export async function sendEvents(job: JobHandle, stream: SSEStreamingApi, gone: AbortSignal): Promise<string> {
  // One that fails ends the other.
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
  let waiting = false;
  const timer = setInterval(async () => {
    if (waiting) return;
    waiting = true;
    await stream.write(': still here\n\n');
    waiting = false;
  }, SIGN_OF_LIFE_MS);
  try {
    const work = [states(), log()] as const;
    for (const part of work) part.catch(() => failed.abort());
    const [{ State: state }] = await Promise.all(work);
    const { items } = await job.executions({ signal });
    const exitCodes = items.flatMap(({ RunOutput }) => RunOutput?.ExitCode ?? []);
    await send('end', { state: state?.StateType, exitCodes });
    return 'it has ended';
  } catch (error) {
    if (gone.aborted) return 'the browser has gone';
    await send('failure', { message: 'The job cannot be followed any further.' });
    if (!(error instanceof BacalhauError)) throw error;
    return error.message;
  } finally {
    clearInterval(timer);
  }
}
