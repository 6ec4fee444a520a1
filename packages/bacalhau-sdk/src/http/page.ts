import { BacalhauError, UnexpectedResponseError } from '../errors/index.js';
import { type ApiPromise, type ApiResponse, apiPromise, type ResponseInfo } from './api-promise.js';

/** One page, as the server sent it. */
export interface PageParts<T> {
  readonly items: readonly T[];
  /** What the server sent, where the call leaves some of it out. Default: `items`. */
  readonly unfiltered?: readonly T[];
  readonly nextToken: string;
  /** Whether the server sent an empty page: the end for now, even if it sent a token to ask again later. */
  readonly end: boolean;
}

/** Requests a page: the first one without a token, of the given size or of the call's own. */
export type FetchPage<T> = (request: {
  readonly nextToken?: string | undefined;
  readonly pageSize?: number | undefined;
  /** The tokens of the pages before: a server that sends one of them again would be asked for ever. */
  readonly earlierTokens?: ReadonlySet<string> | undefined;
}) => Promise<ApiResponse<PageParts<T>>>;

/** How the pages of a list are requested and joined. */
export interface Pagination<T> {
  /** The name of the call, for errors. */
  readonly operation: string;
  readonly fetch: FetchPage<T>;
  /** Entries per page when a list is iterated without a limit of its own. */
  readonly walkSize?: number | undefined;
  /** Identifies an entry, where pages may overlap. */
  readonly key?: ((item: T) => string | undefined) | undefined;
  /** The tokens of the pages before. */
  readonly earlierTokens?: ReadonlySet<string> | undefined;
}

/** How many pages in a row may have nothing but entries of earlier pages; pages overlap while entries are added. */
const MOST_REPEATED_PAGES = 10;

/** Creates the error of a list in which a page has the token of an earlier one: it would never end. */
export const repeatedPageError = (operation: string, nextToken: string, response: ResponseInfo) =>
  endlessListError(operation, `sent the NextToken ${JSON.stringify(nextToken)} a second time`, response);

function endlessListError(
  operation: string,
  problem: string,
  { status, requestId, attempts, serverVersion }: ResponseInfo,
): UnexpectedResponseError {
  return new UnexpectedResponseError(
    `${operation}: the server ${problem}, so the list would never end. Request it with a larger limit, or with 0 for all entries.`,
    {
      ...{ operation, status, requestId, attempts, serverVersion },
      ...{ code: undefined, component: undefined, hint: undefined, details: {}, outcomeUnknown: false },
    },
  );
}

/**
 * One page of a list. Iterate over it for the entries of this page and of all further ones, each fetched when needed.
 *
 * @example
 * ```ts
 * const page = await jobs.list({ limit: 20 });
 * console.log(page.items.length, page.hasNextPage());
 * for await (const job of page) console.log(job.ID); // this page and all further ones
 * ```
 */
export class Page<T> implements AsyncIterable<T> {
  /** The entries of this page. */
  readonly items: readonly T[];
  /** The server's token of the next page; empty after the last one. Opaque. */
  readonly nextToken: string;
  readonly #unfiltered: readonly T[];
  readonly #end: boolean;
  readonly #pagination: Pagination<T>;

  /** @internal */
  constructor({ items, unfiltered = items, nextToken, end }: PageParts<T>, pagination: Pagination<T>) {
    this.items = items;
    this.#unfiltered = unfiltered;
    this.nextToken = nextToken;
    this.#end = end;
    this.#pagination = pagination;
  }

  /** Returns whether there are more entries to fetch. */
  hasNextPage(): boolean {
    return this.nextToken !== '' && !this.#end;
  }

  /**
   * Fetches the next page, with the filters of this one.
   * @throws {BacalhauError} if there is none: check `hasNextPage()` first.
   */
  getNextPage(): PagePromise<T> {
    if (!this.hasNextPage())
      throw new BacalhauError('There is no next page. Check hasNextPage() before getNextPage().');
    const { nextToken } = this;
    const { fetch, earlierTokens: before, ...rest } = this.#pagination;
    const earlierTokens = new Set(before).add(nextToken);
    return pagePromise({
      ...{ ...rest, earlierTokens },
      fetch: (request) => fetch({ nextToken, earlierTokens, ...request }),
    });
  }

  /** Iterates over the entries of this page and of all further ones. */
  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    const { operation, key } = this.#pagination;
    const seen = new Set<string>();
    let repeatedPages = 0;
    let content = '';
    for (let page: Page<T> = this; ; ) {
      let isRepeated = page.#unfiltered.length > 0;
      for (const item of page.items) {
        const id = key?.(item);
        if (id !== undefined) {
          if (seen.has(id)) continue;
          seen.add(id);
          isRepeated = false;
        }
        yield item;
      }
      if (!page.hasNextPage()) return;
      if (key === undefined) {
        const previous = content;
        content = JSON.stringify(page.#unfiltered);
        isRepeated &&= content === previous;
      }
      repeatedPages = isRepeated ? repeatedPages + 1 : 0;
      const { data, response } = await page.getNextPage().withResponse();
      if (repeatedPages >= MOST_REPEATED_PAGES) {
        throw endlessListError(operation, `sent ${repeatedPages} pages in a row without a new entry`, response);
      }
      page = data;
    }
  }
}

/** A promise of the first page, which can be iterated without awaiting it first. */
export interface PagePromise<T> extends ApiPromise<Page<T>>, AsyncIterable<T> {}

/** Requests the first page when it is awaited, and pages of `walkSize` when it is iterated. */
export function pagePromise<T>(list: Pagination<T>): PagePromise<T> {
  const first = async (pageSize?: number): Promise<ApiResponse<Page<T>>> => {
    const { data, response } = await list.fetch({ pageSize });
    return { data: new Page(data, list), response };
  };
  return startedOnUse(first, async function* () {
    const { data } = await first(list.walkSize);
    yield* data;
  });
}

/** Requests a list once what it depends on is known. */
export const pagesAfter = <T, R>(ready: () => Promise<R>, list: (ready: R) => PagePromise<T>): PagePromise<T> =>
  startedOnUse(
    async () => list(await ready()).withResponse(),
    async function* () {
      yield* list(await ready());
    },
  );

/** Returns a promise that requests the first page when it is awaited, and the entries when it is iterated. */
function startedOnUse<T>(first: () => Promise<ApiResponse<Page<T>>>, entries: () => AsyncIterator<T>): PagePromise<T> {
  let awaited: ApiPromise<Page<T>> | undefined;
  const promise = (): ApiPromise<Page<T>> => {
    awaited ??= apiPromise(first());
    return awaited;
  };
  return {
    // biome-ignore lint/suspicious/noThenProperty: a promise that starts its work when it is awaited has to have one.
    then: (onFulfilled, onRejected) => promise().then(onFulfilled, onRejected),
    catch: (onRejected) => promise().catch(onRejected),
    finally: (onFinally) => promise().finally(onFinally),
    withResponse: () => promise().withResponse(),
    [Symbol.toStringTag]: 'PagePromise',
    [Symbol.asyncIterator]: entries,
  };
}
