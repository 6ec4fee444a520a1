import type { Job } from 'bacalhau-apiclient';
import { RequestTimeoutError } from '../../errors/index.js';
import { RequestCost } from '../request-cost.js';

/**
 * Of a list, sorted by change, this many jobs are read at first, and not more than this in bytes. A further page costs the
 * server as much as the first, so pages are as large as they need be: twice what the last read needed, and if that does
 * not do, from the beginning with the largest pages.
 */
const SMALLEST_PAGE = 50;
const LARGEST_PAGE_BYTES = 16_000_000;
/**
 * How far the list is read beyond what the last read saw. Servers date a change under the lock under which they write it
 * (pkg/jobstore/boltdb, 1.9.3), so what appears later is dated later, unless their clock was set back.
 */
const OVERLAP_NS = 5e8;
/** What fewer lists cost says little: one may have met a busy moment. */
const FEWEST_MEASURED = 2;
/** A list that was not read for so many times as long as it took counts half as much: what made it slow may be over. */
const COST_HALVES_AFTER = 50;

/** A part of the list, the job that changed last first. */
export interface JobPage {
  readonly items: readonly Job[];
  readonly nextToken: string;
}

export interface PageRequest {
  readonly limit: number;
  readonly nextToken: string | undefined;
}

export interface ChangesReader {
  /** Called with every job that was read, including those that have not changed. */
  readonly onJob: (job: Job) => void;
  /**
   * Whether a further page is worth what it costs. `isComplete` says whether all changes since the last read were seen, so
   * that a job that was not among them has not changed; `pageSize` how many jobs are in a page at most, and `pageMs` what
   * it costs, in milliseconds of the server's time.
   */
  readonly wantsMore: (soFar: {
    readonly isComplete: boolean;
    readonly pageSize: number;
    readonly pageMs: number;
  }) => boolean;
}

/** What changed last among the jobs of a namespace. */
export class RecentChanges {
  readonly #requestPage: (page: PageRequest) => Promise<JobPage>;
  readonly #cost = new RequestCost();
  #measured = 0;
  #readAt = 0;
  /** When the newest change that was seen was made. */
  #newest: number | undefined;
  #pageSize = SMALLEST_PAGE;
  #isRefused = false;

  constructor(requestPage: (page: PageRequest) => Promise<JobPage>) {
    this.#requestPage = requestPage;
  }

  /** What a page costs, in milliseconds of the server's time; undefined as long as that is not known. */
  get costMs(): number | undefined {
    if (this.#isRefused) return Number.POSITIVE_INFINITY;
    const { ms } = this.#cost;
    if (this.#measured < FEWEST_MEASURED) return undefined;
    const halvings = Math.floor((performance.now() - this.#readAt) / (ms * COST_HALVES_AFTER));
    return ms / 2 ** halvings;
  }

  /** How many jobs the next read requests first. */
  get pageSize(): number {
    return this.#pageSize;
  }

  /** Records that the server refuses the list. */
  refused(): void {
    this.#isRefused = true;
  }

  /** Resolves with whether all changes since the last read were seen, and the server's work in milliseconds. */
  async read({ onJob, wantsMore }: ChangesReader): Promise<{ readonly isComplete: boolean; readonly workMs: number }> {
    const known = this.#newest === undefined ? undefined : this.#newest - OVERLAP_NS;
    let newest = this.#newest ?? 0;
    let limit = this.#pageSize;
    let nextToken: string | undefined;
    let changed = 0;
    for (let pages = 1; ; pages += 1) {
      const requestedAt = performance.now();
      const page = await this.#requestPage({ limit, nextToken }).catch((error: unknown) => {
        // The server has worked on it all the same.
        if (error instanceof RequestTimeoutError) {
          this.#cost.replace(performance.now() - requestedAt);
          this.#measured = FEWEST_MEASURED;
        }
        throw error;
      });
      this.#readAt = performance.now();
      this.#measured += 1;
      const pageMs = this.#cost.record(this.#readAt - requestedAt);
      for (const job of page.items) {
        const { ModifyTime = 0 } = job;
        newest = Math.max(newest, ModifyTime);
        if (known !== undefined && ModifyTime >= known) changed += 1;
        onJob(job);
      }
      // A list that does not get on would be read for ever.
      if (page.nextToken !== '' && page.nextToken === nextToken) return { isComplete: false, workMs: pages * pageMs };
      // Jobs that change while pages are read move to the front: the next read sees them there.
      const isLast = page.nextToken === '';
      const isComplete = isLast || (known !== undefined && (page.items.at(-1)?.ModifyTime ?? 0) < known);
      const pageSize = Math.max(limit, largestPage(page.items));
      if (isLast || !wantsMore({ isComplete, pageSize, pageMs })) {
        this.#newest = newest;
        if (known !== undefined) this.#pageSize = Math.max(SMALLEST_PAGE, Math.min(changed * 2, pageSize));
        return { isComplete, workMs: pages * pageMs };
      }
      nextToken = limit < pageSize ? undefined : page.nextToken;
      if (limit < pageSize) changed = 0;
      limit = pageSize;
    }
  }
}

/** Estimates how many jobs like these may be in a page, from some of them. */
function largestPage(jobs: readonly Job[]): number {
  const sample = jobs.slice(0, 20);
  return Math.floor((LARGEST_PAGE_BYTES * sample.length) / JSON.stringify(sample).length);
}
