import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf, messageOf } from '../errors.js';
import type { SupervisedScope } from './protocol.js';

/**
 * Removes a devnet's directory, except for the logs if they are to be kept.
 *
 * @returns descriptions of what could not be removed; empty if everything was.
 */
export async function removeDirectory({ dir, logDir }: SupervisedScope, keepLogs: boolean): Promise<string[]> {
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
