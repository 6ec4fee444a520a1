/**
 * Holds what was read until it is asked for. It refuses items instead of growing: producers then wait for room. A full
 * buffer has room again when half of it has been taken, so that it is not refilled item by item.
 */
export class EntryBuffer<T> {
  readonly #capacity: { readonly items: number; readonly units: number };
  #items: { readonly item: T; readonly units: number }[] = [];
  #units = 0;
  #isFull = false;
  #isClosed = false;
  #hasEnded = false;
  #failure: { readonly error: unknown } | undefined;
  readonly #consumers = new Set<() => void>();
  readonly #producers = new Set<() => void>();

  constructor(capacity: { readonly items: number; readonly units: number }) {
    this.#capacity = capacity;
  }

  /** Adds an item, or returns false if there is no room. An empty buffer takes one item of any size. */
  offer(item: T, units: number): boolean {
    const { items: maxItems, units: maxUnits } = this.#capacity;
    const exceeds = this.#items.length >= maxItems || this.#units + units > maxUnits;
    if (this.#isFull || (exceeds && this.#items.length > 0)) this.#isFull = true;
    if (this.#isClosed || this.#isFull) return false;
    this.put(item, units);
    return true;
  }

  /** Adds an item, whether the buffer is full or not. */
  put(item: T, units = 0): void {
    this.#items.push({ item, units });
    this.#units += units;
    wake(this.#consumers);
  }

  /** Takes up to `limit` items; waits for the first. Empty after the end; rejects once all is taken after a failure. */
  async take(limit: number): Promise<readonly T[]> {
    while (this.#items.length === 0 && !this.#hasEnded) {
      await new Promise<void>((resolve) => this.#consumers.add(resolve));
    }
    if (this.#items.length === 0 && this.#failure !== undefined) throw this.#failure.error;
    const taken = this.#items.splice(0, limit);
    for (const { units } of taken) this.#units -= units;
    const { items, units } = this.#capacity;
    if (this.#isFull && this.#items.length <= items / 2 && this.#units <= units / 2) {
      this.#isFull = false;
      wake(this.#producers);
    }
    return taken.map(({ item }) => item);
  }

  /** Resolves when there is room, or when the buffer takes no more items. */
  async room(): Promise<void> {
    while (this.#isFull && !this.#isClosed) await new Promise<void>((resolve) => this.#producers.add(resolve));
  }

  /** Refuses further items. What is in the buffer can still be taken. */
  close(): void {
    this.#isClosed = true;
    wake(this.#producers);
  }

  clear(): void {
    this.#items = [];
    this.#units = 0;
  }

  /** Ends the buffer, because of `failure` if there is one. */
  end(failure?: { readonly error: unknown }): void {
    this.#failure ??= failure;
    this.#hasEnded = true;
    this.close();
    wake(this.#consumers);
  }
}

function wake(waiting: Set<() => void>): void {
  const now = [...waiting];
  waiting.clear();
  for (const resolve of now) resolve();
}
