/**
 * A clock that runs faster than time, for what takes a day. It stands still while a request is under way, so that no
 * answer, however long it really takes, is late by it, and goes from timer to timer otherwise. It takes the place of the
 * process's own: `setTimeout`, `setInterval`, `performance.now`; what Node does inside keeps real time.
 */

/** As far as it goes at once, in its own milliseconds. Between two steps events get their turn. */
const LONGEST_STEP_MS = 2_000;

interface Timer {
  at: number;
  readonly everyMs: number | undefined;
  readonly run: () => void;
}

const real = { setTimeout: globalThis.setTimeout, clearTimeout: globalThis.clearTimeout };

export class FastClock {
  now = 0;
  /** Requests under way. */
  inFlight = 0;
  /** Whether what comes over open streams is to have real time to come in, at each step. */
  isPatient = false;
  readonly #timers = new Map<object, Timer>();

  install(): void {
    const begin = (run: () => void, ms: number | undefined, repeats: boolean): object => {
      const delay = Math.max(1, ms ?? 1);
      const handle = { ref: () => handle, unref: () => handle, hasRef: () => true };
      this.#timers.set(handle, { at: this.now + delay, everyMs: repeats ? delay : undefined, run });
      return handle;
    };
    const end = (handle: unknown): void => {
      if (typeof handle === 'object' && handle !== null && this.#timers.delete(handle)) return;
      real.clearTimeout(handle as NodeJS.Timeout);
    };
    Object.assign(globalThis, {
      setTimeout: (run: (...args: unknown[]) => void, ms?: number, ...args: unknown[]) =>
        begin(() => run(...args), ms, false),
      setInterval: (run: (...args: unknown[]) => void, ms?: number, ...args: unknown[]) =>
        begin(() => run(...args), ms, true),
      clearTimeout: end,
      clearInterval: end,
    });
    performance.now = () => this.now;
  }

  /** Timers that have not gone off. */
  get pending(): number {
    return this.#timers.size;
  }

  /** Lets so much of its time pass. */
  async pass(ms: number): Promise<void> {
    const until = this.now + ms;
    while (this.now < until) {
      await (this.inFlight > 0 || this.isPatient ? moment() : turn());
      if (this.inFlight > 0) continue;
      const next = Math.min(...[...this.#timers.values()].map(({ at }) => at));
      this.now = Math.min(until, this.now + LONGEST_STEP_MS, Math.max(this.now, next));
      this.#fire();
    }
  }

  #fire(): void {
    for (const [handle, timer] of [...this.#timers]) {
      if (timer.at > this.now || !this.#timers.has(handle)) continue;
      if (timer.everyMs === undefined) this.#timers.delete(handle);
      else timer.at = this.now + timer.everyMs;
      timer.run();
    }
  }
}

/** What has come in already is dealt with. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
/** Real time, in which something can come in. */
const moment = (): Promise<void> => new Promise((resolve) => real.setTimeout(resolve, 1));
