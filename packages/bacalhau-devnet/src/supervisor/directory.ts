import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf, messageOf } from '../errors.js';
import type { Territory } from './protocol.js';

/**
 * Removes a devnet's directory, on demand without the logs in it.
 *
 * @returns what could not be removed, in words; empty when all is gone.
 */
export async function removeDirectory({ dir, logDir }: Territory, keepLogs: boolean): Promise<string[]> {
  try {
    if (!keepLogs) {
      await remove(dir);
    } else {
      for (const entry of await readdir(dir)) {
        if (join(dir, entry) !== logDir) await remove(join(dir, entry));
      }
      if (!logDir.startsWith(dir)) await remove(dir);
    }
    return [];
  } catch (error) {
    return codeOf(error) === 'ENOENT' ? [] : [`the directory ${dir} could not be removed: ${messageOf(error)}`];
  }
}

async function remove(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
}
