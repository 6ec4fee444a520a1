import { constants, copyFile, link, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { KeyFiles } from '../platform.js';
import { fileError, isCode, isLink, isMissing, textFiles, writeSecret } from './files.js';

/** Private keys on disk: `user_id.pem` and its like. */
export const keyFiles: KeyFiles = {
  async ensure(dir, name, generate) {
    const file = join(dir, name);
    if (await exists(file)) return file;
    const pem = await generate();
    try {
      await writeSecret(file, pem, (draft) => publish(draft, file));
    } catch (error) {
      throw await fileError('create', file, error);
    }
    return file;
  },

  read: (file, options) => textFiles.readSecret(file, options),
};

async function exists(file: string): Promise<boolean> {
  try {
    await stat(file);
    return true;
  } catch (error) {
    // A key that is written through a link would be in another place than the application knows.
    if (isMissing(error) && !(await isLink(file))) return false;
    throw await fileError('read', file, error);
  }
}

/**
 * Moves a new key file into place. `link` fails where the name exists, so of two processes that start at once both end up
 * with the same file.
 */
async function publish(draft: string, file: string): Promise<void> {
  try {
    await link(draft, file);
  } catch (error) {
    if (isCode(error, 'EEXIST')) return;
    // Some file systems have no hard links. This copy is still refused where the name exists.
    await copyFile(draft, file, constants.COPYFILE_EXCL).catch((failed: unknown) => {
      if (!isCode(failed, 'EEXIST')) throw failed;
    });
  }
}
