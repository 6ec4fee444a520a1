import { GuardedObservation, type Observer } from './guarded-observation.js';
import type { DescribeOutcome, ObservedOperation, OperationEnd, RunPart } from './types.js';

const startOperation = (observer: Observer, operation: ObservedOperation): GuardedObservation<OperationEnd> =>
  new GuardedObservation(observer, () => observer.instrumentation.startOperation?.(operation));

/** Runs an operation. The work is given what runs its parts that begin outside its asynchronous context. */
export async function observe<T>(
  observer: Observer,
  operation: ObservedOperation,
  work: (run: RunPart) => Promise<T>,
  describe?: DescribeOutcome<T>,
): Promise<T> {
  const observation = startOperation(observer, operation);
  try {
    const value = await observation.run(() => work((part) => observation.run(part)));
    observation.end({ error: undefined, ...describe?.(value) });
    return value;
  } catch (error) {
    observation.end({ error });
    throw error;
  }
}

/** Creates the iterator of an operation that is a loop: it lasts until the loop ends, fails or is left. */
export async function observeLoop<T>(
  observer: Observer,
  operation: ObservedOperation,
  create: () => Promise<AsyncIterator<T, void>>,
): Promise<AsyncIterator<T, void>> {
  const observation = startOperation(observer, operation);
  const turn = async <R>(work: () => Promise<R>): Promise<R> => {
    try {
      return await observation.run(work);
    } catch (error) {
      observation.end({ error });
      throw error;
    }
  };
  const iterator = await turn(create);
  return {
    async next() {
      const result = await turn(() => iterator.next());
      if (result.done) observation.end({ error: undefined });
      return result;
    },
    async return() {
      await turn(async () => iterator.return?.());
      observation.end({ error: undefined });
      return { done: true, value: undefined };
    },
  };
}
