import { constants, copyFile, link, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ConfigurationError } from '../../errors/index.js';
import type { KeyFiles } from '../platform.js';
import { fileError, isCode, isMissing, textFiles, writeSecret } from './files.js';

/** Private keys on disk: `user_id.pem` and its like. */
export const keyFiles: KeyFiles = {
  async ensure(dir, name, generate) {
    const file = join(dir, name);
    if (await exists(file)) return file;
    const pem = await generate();
    try {
      await writeSecret(file, pem, (draft) => publish(draft, file));
    } catch (error) {
      throw fileError('create', file, error);
    }
    return file;
  },

  async read(file, { allowReadable }) {
    if (!allowReadable && (await isOpenToOthers(file))) {
      throw new ConfigurationError(
        `The key file ${file} can be read or written by users other than its owner. Run chmod 600 on it, or set the option allowReadableKeyFile.`,
      );
    }
    return textFiles.read(file);
  },
};

async function exists(file: string): Promise<boolean> {
  try {
    await stat(file);
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw fileError('read', file, error);
  }
}

async function isOpenToOthers(file: string): Promise<boolean> {
  // Windows has no such modes: what Node reports there is made up.
  if (process.platform === 'win32') return false;
  const { mode } = await stat(file);
  return (mode & 0o077) !== 0;
}

/** `link` fails where the name exists, so of two processes that start at once both end up with the same file. */
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
