import { platform } from '#platform';
import { BacalhauError, InvalidJobError } from '../errors/index.js';

/** Reads a file that a job is made of; `field` is what the error calls it. */
export async function readFile(path: string | URL, field: string): Promise<Uint8Array> {
  try {
    return await platform.readFile(path);
  } catch (error) {
    if (error instanceof BacalhauError) throw error;
    throw new InvalidJobError(field, `${path} cannot be read: ${error instanceof Error ? error.message : error}.`, {
      cause: error,
    });
  }
}
