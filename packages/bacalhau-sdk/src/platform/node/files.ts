import { randomBytes } from 'node:crypto';
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ConfigurationError } from '../../errors/index.js';
import type { TextFiles } from '../platform.js';

export const textFiles: TextFiles = {
  join,

  async read(file) {
    try {
      return await readFile(file, 'utf8');
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw fileError('read', file, error);
    }
  },

  async replaceSecret(file, text) {
    try {
      await writeSecret(file, text, (draft) => rename(draft, file));
    } catch (error) {
      throw fileError('write', file, error);
    }
  },
};

/**
 * Writes a file that only its owner can read. `publish` gives it its name when it is complete, so that nobody ever sees a
 * part of it. Creates its directory if need be.
 */
export async function writeSecret(
  file: string,
  text: string,
  publish: (draft: string) => Promise<void>,
): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const draft = `${file}.${randomBytes(6).toString('hex')}.tmp`;
  const handle = await open(draft, 'wx', 0o600);
  try {
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await publish(draft);
  } finally {
    await rm(draft, { force: true });
  }
}

export const isCode = (error: unknown, code: string): boolean =>
  typeof error === 'object' && error !== null && 'code' in error && error.code === code;

/** Also where a part of the path is not a directory: there is nothing then. */
export const isMissing = (error: unknown): boolean => isCode(error, 'ENOENT') || isCode(error, 'ENOTDIR');

export const fileError = (verb: string, file: string, error: unknown): ConfigurationError =>
  new ConfigurationError(
    `Cannot ${verb} the file ${file}: ${error instanceof Error ? error.message : error}. Give this user access to it, or set BACALHAU_DIR (or the option dir) to another directory.`,
    { cause: error },
  );
