import { BacalhauError } from '../errors/index.js';
import { type ApiPromise, apiPromise, type ResponseInfo } from '../transport/index.js';

/** What a page is made of. */
export interface PageParts<T> {
  readonly items: readonly T[];
  readonly nextToken: string;
  /** Asks for the page after this one, with the same filters. */
  readonly fetch: (nextToken: string) => PagePromise<T>;
  /** Whether the server sent an empty page: the end for now, even where it hands out a token to ask again later. */
  readonly end: boolean;
}

/**
 * One page of a list. Loop over it to walk through this page and all further ones, each fetched when it is needed.
 *
 * @example
 * ```ts
 * for await (const job of jobs.list({ limit: 100 })) console.log(job.ID);
 * ```
 */
export class Page<T> implements AsyncIterable<T> {
  /** The entries of this page. */
  readonly items: readonly T[];
  /** The server's token of the next page; empty after the last one. Opaque. */
  readonly nextToken: string;
  readonly #fetch: PageParts<T>['fetch'];
  readonly #end: boolean;

  /** @internal */
  constructor({ items, nextToken, fetch, end }: PageParts<T>) {
    this.items = items;
    this.nextToken = nextToken;
    this.#fetch = fetch;
    this.#end = end;
  }

  /** Whether there is more to fetch. */
  hasNextPage(): boolean {
    return this.nextToken !== '' && !this.#end;
  }

  /**
   * Fetches the next page, with the filters of this one.
   * @throws {BacalhauError} if there is none: ask `hasNextPage()` first.
   */
  getNextPage(): PagePromise<T> {
    if (!this.hasNextPage()) throw new BacalhauError('There is no next page. Ask hasNextPage() before getNextPage().');
    return this.#fetch(this.nextToken);
  }

  /** The entries of this page and of all further ones. */
  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    yield* this.items;
    let last: Page<T> = this;
    while (last.hasNextPage()) {
      last = await last.getNextPage();
      yield* last.items;
    }
  }
}

/** A promise of the first page, which can be looped over without waiting for it first. */
export interface PagePromise<T> extends ApiPromise<Page<T>>, AsyncIterable<T> {}

/** Makes a page of an answer, once it is there. */
export function pagePromise<R extends { readonly response: ResponseInfo }, T>(
  answer: Promise<R>,
  toParts: (answer: R) => PageParts<T>,
): PagePromise<T> {
  const promise = apiPromise(answer.then((value) => ({ data: new Page(toParts(value)), response: value.response })));
  return Object.assign(promise, {
    async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
      yield* await promise;
    },
  });
}
