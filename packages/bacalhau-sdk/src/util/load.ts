import { ConnectionError, UnsupportedRuntimeError } from '../errors/index.js';
import { messageOf } from './error-message.js';

/**
 * Loads a part of this package. A page that has lost its network cannot load one; the call that needs it is not sent.
 *
 * @throws {ConnectionError} if the part cannot be loaded.
 * @throws {UnsupportedRuntimeError} if it can, and the runtime lacks what it needs.
 */
export async function load<M>(part: Promise<M>): Promise<M> {
  try {
    return await part;
  } catch (error) {
    if (error instanceof ReferenceError) {
      throw new UnsupportedRuntimeError(
        `This runtime lacks what the call needs: ${error.message}. Use another runtime, or define it before the call.`,
      );
    }
    throw new ConnectionError(
      `A part of bacalhau-sdk could not be loaded, so nothing was sent: ${messageOf(error)}. Check the network connection.`,
      { operation: 'load', attempts: 0, outcomeUnknown: false, requestId: '' },
      { cause: error },
    );
  }
}
