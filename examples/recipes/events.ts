import type { JobHandle } from 'bacalhau-sdk';

/**
 * Yields what a job prints, as server-sent events, and finally the state in which it ended. Nothing is read ahead: whoever
 * takes the events decides how fast the log is read.
 */
export async function* eventsOf(job: JobHandle, signal: AbortSignal): AsyncGenerator<string, void, undefined> {
  for await (const { stream, text } of job.logs({ follow: true, signal })) yield serverSent(stream, text);
  const { State } = await job.wait({ signal });
  yield serverSent('end', State?.StateType);
}

const serverSent = (event: string, data: unknown): string => `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
