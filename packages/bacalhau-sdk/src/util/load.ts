import { ConnectionError } from '../errors/index.js';
import { messageOf } from './error-message.js';

/**
 * Loads a part of this package. A page that has lost its network cannot load one; the call that needs it is not sent.
 *
 * @throws {ConnectionError} if the part cannot be loaded.
 */
export async function load<M>(part: Promise<M>): Promise<M> {
  try {
    return await part;
  } catch (error) {
    throw new ConnectionError(
      `A part of bacalhau-sdk could not be loaded, so nothing was sent: ${messageOf(error)}. Check the network connection.`,
      { operation: 'load', attempts: 0, outcomeUnknown: false, requestId: '' },
      { cause: error },
    );
  }
}
