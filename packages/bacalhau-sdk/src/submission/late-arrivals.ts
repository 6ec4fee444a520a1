import type { Job } from 'bacalhau-apiclient';
import { stopJob } from '../calls/index.js';
import { BacalhauError, ConflictError, NotFoundError } from '../errors/index.js';
import type { ApiResource, CallOptions } from '../http/index.js';
import { hasEnded } from '../model/index.js';
import { SUBMISSION } from '../spec/index.js';
import { sleep, throwIfAborted } from '../util/index.js';
import { countingJob, type JobLocation, type JobLookup, jobLookup } from './existing-job.js';

/**
 * How long a request whose answer was lost may take to arrive, in milliseconds: so long the job is looked for before it is
 * sent again.
 */
const LATE_MS = 2_000;
/** The pauses between two lookups, in milliseconds. */
const PAUSES_MS: readonly number[] = [100, 200, 400, 800];
const LONGEST_PAUSE_MS = 1_000;
/** How long after a second request that succeeded its twin is looked for, in milliseconds. */
const TWIN_PAUSE_MS = 500;

/** What a job is stopped with that was created twice. */
const TWIN_REASON = 'Another job of the same submission or name counts.';

interface Parts {
  readonly api: ApiResource;
  readonly location: JobLocation;
  readonly lookup: JobLookup;
  /** Identifies the submission, in the `Meta` of its jobs. */
  readonly token: string;
}

/**
 * Finds what a submission has created where servers create a job for every request (before 1.8): a request whose answer was
 * lost can arrive after the job was looked for, and two programs can submit one name at the same time. Only jobs of the
 * submission itself are stopped.
 */
export class LateArrivals {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Looks for a job whose answer was lost at `lostAt`, again and again, until it can be expected to have arrived. */
  async find(lostAt: number, remaining: () => CallOptions): Promise<Job | undefined> {
    for (let look = 0; ; look += 1) {
      const found = await this.#parts.lookup.find(remaining());
      if (found !== undefined || performance.now() - lostAt >= LATE_MS) return found;
      if (!(await this.#pause(PAUSES_MS[look] ?? LONGEST_PAUSE_MS, remaining()))) return undefined;
    }
  }

  /**
   * Stops the jobs of this submission except the one that counts.
   *
   * @returns the job that counts, if the server lists it.
   */
  async stopTwins(options: CallOptions): Promise<Job | undefined> {
    const { api, location, lookup, token } = this.#parts;
    const jobs = await lookup.list(options);
    const counting = countingJob(jobs);
    const twins = jobs.filter((job) => job !== counting && job.Meta?.[SUBMISSION] === token && !hasEnded(job));
    for (const { ID = '' } of twins) {
      try {
        await stopJob(api, ID, TWIN_REASON, { ...options, namespace: location.namespace });
      } catch (error) {
        if (!(error instanceof ConflictError || error instanceof NotFoundError)) throw error;
      }
    }
    return counting;
  }

  /** Stops twins that have arrived, and those that arrive soon. What prevents that does not undo the submission. */
  async settle(mayArrive: boolean, remaining: () => CallOptions): Promise<Job | undefined> {
    try {
      const counting = await this.stopTwins(remaining());
      if (!mayArrive || !(await this.#pause(TWIN_PAUSE_MS, remaining()))) return counting;
      return (await this.stopTwins(remaining())) ?? counting;
    } catch (error) {
      if (!(error instanceof BacalhauError)) throw error;
      return undefined;
    }
  }

  /** Waits, unless the call has no time for it. */
  async #pause(ms: number, { signal, timeoutMs = Number.POSITIVE_INFINITY }: CallOptions): Promise<boolean> {
    if (ms >= timeoutMs) return false;
    await this.#parts.api.transport.withDeadline('jobs.submit', { signal }, async (ending) => {
      await sleep(ms, ending);
      throwIfAborted(ending);
    });
    return true;
  }
}

/** Looks for a job that may have been submitted: by its name, or, where that finds none, for a while, in case it is late. */
export async function findArrived(
  api: ApiResource,
  location: JobLocation,
  options: CallOptions,
): Promise<Job | undefined> {
  const lookup = await jobLookup(api, location, options);
  if (lookup.label === undefined) return lookup.find(options);
  return new LateArrivals({ api, location, lookup, token: '' }).find(performance.now(), () => options);
}
