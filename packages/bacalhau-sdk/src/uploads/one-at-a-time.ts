import { raceAbort } from '../util/index.js';

const underWay = new Map<string, Promise<void>>();

/**
 * Lets work with one key wait for the work with that key before it: what the jobs of a fan-out share is sent once, and is there
 * for the others.
 */
export async function oneAtATime<T>(key: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  for (let earlier = underWay.get(key); earlier !== undefined; earlier = underWay.get(key)) {
    await raceAbort(earlier, signal);
  }
  const own = work();
  const end = (): void => void underWay.delete(key);
  underWay.set(key, own.then(end, end));
  return own;
}
