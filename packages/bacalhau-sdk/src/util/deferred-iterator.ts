/**
 * An iterator that is created when its first item is requested. Returning early reaches the created iterator, even while an
 * item is pending.
 */
export class DeferredIterator<T> implements AsyncIterableIterator<T, void> {
  readonly #create: () => Promise<AsyncIterator<T, void>>;
  #created: Promise<AsyncIterator<T, void>> | undefined;
  #returned = false;

  constructor(create: () => Promise<AsyncIterator<T, void>>) {
    this.#create = create;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<T, void>> {
    if (this.#returned && this.#created === undefined) return { done: true, value: undefined };
    this.#created ??= this.#create();
    return (await this.#created).next();
  }

  async return(): Promise<IteratorResult<T, void>> {
    this.#returned = true;
    const created = await this.#created;
    return (await created?.return?.()) ?? { done: true, value: undefined };
  }
}
