import type { Logger } from '../../logging/index.js';
import { callListener, messageOf } from '../../util/index.js';
import type { Instrumentation, Observation } from './types.js';

/** Whose instrumentation is called, and where its failures are reported. */
export interface Observer {
  readonly instrumentation: Instrumentation;
  readonly logger: Pick<Logger, 'warn'>;
}

/** Calls an application's observation so that the work is done once, and nothing is changed by what the application does. */
export class GuardedObservation<End> {
  readonly #observer: Observer;
  readonly #observation: Observation<End> | undefined;
  #hasEnded = false;

  constructor(observer: Observer, start: () => Observation<End> | undefined) {
    this.#observer = observer;
    let observation: Observation<End> | undefined;
    this.#guard(() => {
      observation = start();
      return observation;
    });
    this.#observation = observation;
  }

  run<T>(work: () => Promise<T>): Promise<T> {
    let running: Promise<T> | undefined;
    const once = (): Promise<T> => {
      running ??= work();
      return running;
    };
    this.#guard(() => {
      // A promise of its own may reject as the work does, which is no failure of the application's.
      Promise.resolve(this.#observation?.run?.(once)).catch(() => undefined);
    });
    return once();
  }

  end(end: End): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#guard(() => this.#observation?.end?.(end));
  }

  #guard(call: () => unknown): void {
    callListener(call, (error) => this.#observer.logger.warn(`instrumentation threw: ${messageOf(error)}`));
  }
}
