import type { Job } from 'bacalhau-apiclient';
import type { JobCalls } from '../calls/index.js';
import { CallError, ConflictError, NotFoundError, RequestAbortedError, ServerError } from '../errors/index.js';
import {
  type CallOptions,
  isAtLeast,
  type NamespacedCallOptions,
  type Release,
  retryDelayMs,
  sleep,
} from '../transport/index.js';

/** What came of a submission. */
export interface Submission {
  readonly jobId: string;
  readonly warnings: readonly string[];
}

interface Means {
  readonly calls: JobCalls;
  readonly release: (options: CallOptions) => Promise<Release | undefined>;
}

/** How often a submission whose answer was lost is looked up or sent again. */
const TRIES = 4;
const NEVER = new AbortController().signal;

/**
 * Submits a job whose name nobody else uses, so that it runs once even if answers are lost: before it is sent again,
 * it is looked for by its name. Servers from 1.8 on identify a job by namespace and name, and answer a second one of the
 * same with a conflict; older ones would make another job, so there a lost answer is reported.
 */
export async function submitOnce(
  { calls, release }: Means,
  job: Job & { readonly Name: string },
  options: NamespacedCallOptions,
): Promise<Submission> {
  for (let attempt = 1; ; attempt++) {
    try {
      const { JobID, Warnings } = await calls.put({ Job: job }, options);
      return { jobId: JobID, warnings: Warnings ?? [] };
    } catch (error) {
      // A second one of the same name conflicts with the first, which arrived then.
      const arrived = attempt > 1 && error instanceof ConflictError;
      if (!arrived && !isLost(error)) throw error;
      if (!(await knowsNames(release(options)))) throw error;
      const found = await lookUp(calls, job, options);
      if (found !== undefined) return { jobId: found, warnings: [] };
      if (attempt === TRIES) throw error;
      await sleep(retryDelayMs(attempt, undefined), options.signal ?? NEVER);
    }
  }
}

/** A server that cannot be asked may be an old one, on which a second job would be made. */
const knowsNames = (release: Promise<Release | undefined>): Promise<boolean> =>
  release.then(
    (known) => isAtLeast(known, '1.8.0'),
    () => false,
  );

/** Whether the job may have arrived although no good answer came, or never left. */
const isLost = (error: unknown): boolean =>
  (error instanceof CallError && !(error instanceof RequestAbortedError)) ||
  (error instanceof ServerError && error.status === 503);

/** The id of the job, if it arrived. */
async function lookUp(
  calls: JobCalls,
  { Name, Namespace }: Job & { Name: string },
  options: NamespacedCallOptions,
): Promise<string | undefined> {
  try {
    const { Job: job } = await calls.get(Name, { ...options, namespace: Namespace ?? options.namespace });
    return job.ID;
  } catch (error) {
    if (error instanceof NotFoundError) return undefined;
    throw error;
  }
}
