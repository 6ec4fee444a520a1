import { NotFoundError } from '../errors/index.js';
import { retryWhileUnreachable, type Transport } from '../http/index.js';
import type { JobHandle } from '../job/index.js';
import { messageOf } from '../util/index.js';

/** How long the stopping of a job may delay the end of its run, in milliseconds, if the server does not answer, */
const STOP_TIMEOUT_MS = 10_000;
/** and if it is unreachable, or its answers are damaged. */
const UNREACHABLE_MS = 3_000;

/** What happened to the job of a run that ended early. */
export interface AbandonedJob {
  readonly jobId?: string;
  readonly fate: 'stopped' | 'ended' | 'continues' | 'unknown' | 'not-submitted';
  /** For the message of the run's error. */
  readonly sentence: string;
}

/** Looks for a job that may have arrived. */
type FindJob = (signal: AbortSignal) => Promise<JobHandle | undefined>;

/** Stops a job whose run ended early. Never rejects: the caller gets the reason of that end. */
export async function stopAbandoned(
  job: JobHandle | FindJob,
  transport: Transport,
  reason: string,
): Promise<AbandonedJob> {
  try {
    return await transport.withDeadline('job.stop', { timeoutMs: STOP_TIMEOUT_MS }, (signal) =>
      // To stop it twice does no harm.
      retryWhileUnreachable(transport, 'job.stop', () => stop(job, reason, signal), {
        signal,
        longestMs: UNREACHABLE_MS,
      }),
    );
  } catch (error) {
    if (error instanceof NotFoundError) return UNKNOWN_TO_SERVER;
    return { fate: 'unknown', sentence: `The job may go on, because stopping it failed: ${messageOf(error)}` };
  }
}

async function stop(job: JobHandle | FindJob, reason: string, signal: AbortSignal): Promise<AbandonedJob> {
  const found = typeof job === 'function' ? await job(signal) : job;
  if (found === undefined) return UNKNOWN_TO_SERVER;
  const { ID: jobId = found.id } = await found.refresh({ signal });
  const { stopped, state } = await found.stop(reason, { signal });
  return stopped ? { jobId, fate: 'stopped', sentence: 'The job was stopped.' } : ended(jobId, state);
}

export const ended = (jobId: string, state: string): AbandonedJob => ({
  jobId,
  fate: 'ended',
  sentence: `The job had ended: ${state}.`,
});

const UNKNOWN_TO_SERVER: AbandonedJob = { fate: 'not-submitted', sentence: 'The server has no such job.' };
export const CONTINUES: AbandonedJob = { fate: 'continues', sentence: 'The job goes on.' };
export const NOT_SUBMITTED: AbandonedJob = { fate: 'not-submitted', sentence: 'No job was submitted.' };

/** Describes what happened to the jobs of a fan-out that ended early. */
export function describeAbandoned(jobs: readonly AbandonedJob[]): string {
  const count = (fate: AbandonedJob['fate']): number => jobs.filter((job) => job.fate === fate).length;
  const stopped = count('stopped');
  const continuing = count('continues');
  const unknown = count('unknown');
  const sentences = [
    ...(stopped > 0 ? [stopped === 1 ? '1 job was stopped.' : `${stopped} jobs were stopped.`] : []),
    ...(continuing > 0 ? [continuing === 1 ? '1 job goes on.' : `${continuing} jobs go on.`] : []),
    ...(unknown > 0 ? [`${unknown} ${unknown === 1 ? 'job' : 'jobs'} may go on, because stopping failed.`] : []),
  ];
  return sentences.length === 0 ? 'No job was running.' : sentences.join(' ');
}
