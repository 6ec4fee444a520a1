/** Runs pieces of work one after the other, so that none decides by what another is about to change. */
export class Turns {
  readonly #longest: number;
  #waiting = 0;
  #last: Promise<unknown> = Promise.resolve();

  /** @param longest How many may wait at once. */
  constructor(longest: number) {
    this.#longest = longest;
  }

  /** Resolves with what the work gives; undefined, and the work is not done, if too many wait already. */
  async take<T>(work: () => Promise<T>): Promise<T | undefined> {
    if (this.#waiting >= this.#longest) return undefined;
    this.#waiting += 1;
    const turn = this.#last.then(work).finally(() => {
      this.#waiting -= 1;
    });
    this.#last = turn.catch(() => undefined);
    return turn;
  }
}

/** A number of places, each of which is taken until it is given back. */
export class Places {
  #free: number;

  constructor(count: number) {
    this.#free = count;
  }

  /** Takes a place, and returns the function that gives it back; undefined if there is none. */
  take(): (() => void) | undefined {
    if (this.#free === 0) return undefined;
    this.#free -= 1;
    let isTaken = true;
    return () => {
      if (isTaken) this.#free += 1;
      isTaken = false;
    };
  }
}
