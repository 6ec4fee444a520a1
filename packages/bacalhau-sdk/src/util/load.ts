import { ConnectionError } from '../errors/index.js';

/** A part of this package, which is loaded when it is first needed, could not be. */
export class NotLoaded extends ConnectionError {}

/** Loads a part of this package. A page that has lost its network cannot: what was asked for has not been sent then. */
export async function load<M>(part: Promise<M>): Promise<M> {
  try {
    return await part;
  } catch (error) {
    const words = `A part of bacalhau-sdk cannot be loaded: ${error instanceof Error ? error.message : error}.`;
    throw new NotLoaded(words, { operation: 'load', attempts: 0, outcomeUnknown: false, requestId: '' });
  }
}

/** Longer is not waited for words: what they are about is known without them. */
const PATIENCE_MS = 5_000;

/** What explains something; undefined if it cannot be loaded, or not soon. */
export function soon<M>(part: Promise<M>): Promise<M | undefined> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(undefined), PATIENCE_MS);
    part.then(resolve, () => resolve(undefined)).finally(() => clearTimeout(timer));
  });
}
