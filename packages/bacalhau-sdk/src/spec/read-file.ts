import { platform } from '#platform';
import { BacalhauError, InvalidJobError } from '../errors/index.js';
import { messageOf } from '../util/index.js';

/** Reads a file of which a job is made; `field` names it in errors. */
export async function readFile(path: string | URL, field: string): Promise<Uint8Array> {
  try {
    return await platform.readFile(path);
  } catch (error) {
    if (error instanceof BacalhauError) throw error;
    throw new InvalidJobError(field, `${path} cannot be read: ${messageOf(error)}.`, { cause: error });
  }
}
