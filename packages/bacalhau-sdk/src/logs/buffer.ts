/**
 * What was read and not yet asked for. It says no instead of growing: who brings more then has to come back later. It
 * opens again when half of it has been taken, so that it is not filled piece by piece.
 */
export class EntryBuffer<T> {
  readonly #capacity: { readonly items: number; readonly units: number };
  #items: { readonly item: T; readonly units: number }[] = [];
  #units = 0;
  #full = false;
  #closed = false;
  #ended = false;
  #failure: { readonly error: unknown } | undefined;
  readonly #consumers = new Set<() => void>();
  readonly #producers = new Set<() => void>();

  constructor(capacity: { readonly items: number; readonly units: number }) {
    this.#capacity = capacity;
  }

  /** False if there is no room; then nothing was put in. One item always fits into an empty buffer. */
  offer(item: T, units: number): boolean {
    const { items: most, units: largest } = this.#capacity;
    const isCrowded = this.#items.length >= most || this.#units + units > largest;
    if (this.#full || (isCrowded && this.#items.length > 0)) this.#full = true;
    if (this.#closed || this.#full) return false;
    this.put(item, units);
    return true;
  }

  /** Puts in what takes no room, full or not. */
  put(item: T, units = 0): void {
    this.#items.push({ item, units });
    this.#units += units;
    wake(this.#consumers);
  }

  /** Up to `most` items; waits for the first. Empty after the end; rejects when all is taken and there was a failure. */
  async take(most: number): Promise<readonly T[]> {
    while (this.#items.length === 0 && !this.#ended) await new Promise<void>((resolve) => this.#consumers.add(resolve));
    if (this.#items.length === 0 && this.#failure !== undefined) throw this.#failure.error;
    const taken = this.#items.splice(0, most);
    for (const { units } of taken) this.#units -= units;
    const { items, units } = this.#capacity;
    if (this.#full && this.#items.length <= items / 2 && this.#units <= units / 2) {
      this.#full = false;
      wake(this.#producers);
    }
    return taken.map(({ item }) => item);
  }

  /** Resolves when there is room, or when nothing is taken in any more. */
  async room(): Promise<void> {
    while (this.#full && !this.#closed) await new Promise<void>((resolve) => this.#producers.add(resolve));
  }

  /** Takes in nothing more. What is in it can still be taken. */
  close(): void {
    this.#closed = true;
    wake(this.#producers);
  }

  drop(): void {
    this.#items = [];
    this.#units = 0;
  }

  /** Nothing more comes, because of `failure` where there is one. */
  end(failure?: { readonly error: unknown }): void {
    this.#failure ??= failure;
    this.#ended = true;
    this.close();
    wake(this.#consumers);
  }
}

function wake(waiting: Set<() => void>): void {
  const now = [...waiting];
  waiting.clear();
  for (const resolve of now) resolve();
}
