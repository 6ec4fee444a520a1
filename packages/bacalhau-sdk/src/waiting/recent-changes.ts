import type { Job } from 'bacalhau-apiclient';
import { Cost } from './cost.js';

/**
 * Of a list, sorted by change, the latest this many are read at a time, and not more than this in bytes. A further page
 * costs the server as much as the first, so pages are as large as they need be: twice what the look before needed, and
 * if that does not do, from the beginning with the largest pages.
 */
const SMALLEST_PAGE = 50;
const LARGEST_PAGE_BYTES = 16_000_000;
/**
 * How far the list is read beyond what the last look saw. Servers date a change under the lock under which they write it
 * (pkg/jobstore/boltdb, 1.9.3), so what is seen later is later, unless their clock was set back.
 */
const OVERLAP_NS = 5e8;
/** What a page costs, before there was one. */
const PRESUMED_MS = 20;

/** A part of the list, the job that changed last first. */
export interface Page {
  readonly Items: readonly Job[];
  readonly NextToken: string;
}

export type AskForPage = (page: { readonly limit: number; readonly nextToken: string | undefined }) => Promise<Page>;

export interface ChangesReader {
  /** Is given every job that was read, also those that have not changed. */
  readonly onJob: (job: Job) => void;
  /**
   * Whether a further page is worth what it costs. `isWhole` says whether all changes since the last look were seen, so
   * that a job that was not among them has not changed; `size` how many jobs are in a page at most.
   */
  readonly wantsMore: (sofar: { readonly isWhole: boolean; readonly size: number }) => boolean;
}

/** What changed last among the jobs of a namespace. */
export class RecentChanges {
  readonly #ask: AskForPage;
  #cost: Cost | undefined;
  /** The newest change that was seen. */
  #newest: number | undefined;
  #size = SMALLEST_PAGE;
  #isRefused = false;

  constructor(ask: AskForPage) {
    this.#ask = ask;
  }

  /** What a page costs, in milliseconds of the server's time. */
  get costMs(): number {
    return this.#isRefused ? Number.POSITIVE_INFINITY : (this.#cost?.ms ?? PRESUMED_MS);
  }

  /** The server does not give the list. */
  refused(): void {
    this.#isRefused = true;
  }

  /** Returns whether all changes since the last look were seen, and what work that was, in milliseconds. */
  async read({ onJob, wantsMore }: ChangesReader): Promise<{ readonly isWhole: boolean; readonly workMs: number }> {
    const known = this.#newest === undefined ? undefined : this.#newest - OVERLAP_NS;
    let newest = this.#newest ?? 0;
    let limit = this.#size;
    let nextToken: string | undefined;
    let changed = 0;
    for (let pages = 1; ; pages += 1) {
      const asked = performance.now();
      const { Items, NextToken } = await this.#ask({ limit, nextToken });
      this.#cost ??= new Cost();
      this.#cost.record(performance.now() - asked);
      for (const job of Items) {
        const { ModifyTime = 0 } = job;
        newest = Math.max(newest, ModifyTime);
        if (known !== undefined && ModifyTime >= known) changed += 1;
        onJob(job);
      }
      // Jobs that change while pages are read move to the front: the next look sees them there.
      const isLast = !NextToken;
      const isWhole = isLast || (known !== undefined && (Items.at(-1)?.ModifyTime ?? 0) < known);
      const size = Math.max(limit, largestPage(Items));
      if (isLast || !wantsMore({ isWhole, size })) {
        this.#newest = newest;
        if (known !== undefined) this.#size = Math.max(SMALLEST_PAGE, Math.min(changed * 2, size));
        return { isWhole, workMs: pages * this.#cost.ms };
      }
      nextToken = limit < size ? undefined : NextToken;
      if (limit < size) changed = 0;
      limit = size;
    }
  }
}

/** How many jobs like these may be in a page, told by some of them. */
function largestPage(jobs: readonly Job[]): number {
  const some = jobs.slice(0, 20);
  return Math.floor((LARGEST_PAGE_BYTES * some.length) / JSON.stringify(some).length);
}
