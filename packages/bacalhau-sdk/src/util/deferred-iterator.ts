/**
 * An iterator that is made, and the code for it loaded, when the first item is asked for. Leaving it early reaches the
 * one that was made, even while an item is being waited for.
 */
export class DeferredIterator<T> implements AsyncIterableIterator<T, void> {
  readonly #make: () => Promise<AsyncIterator<T, void>>;
  #made: Promise<AsyncIterator<T, void>> | undefined;
  #left = false;

  constructor(make: () => Promise<AsyncIterator<T, void>>) {
    this.#make = make;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<T, void>> {
    if (this.#left && this.#made === undefined) return { done: true, value: undefined };
    this.#made ??= this.#make();
    return (await this.#made).next();
  }

  async return(): Promise<IteratorResult<T, void>> {
    this.#left = true;
    const made = await this.#made;
    return (await made?.return?.()) ?? { done: true, value: undefined };
  }
}
