import { randomBytes } from 'node:crypto';
import { constants, copyFile, link, mkdir, open, readFile, readlink, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ConfigurationError } from '../../errors/index.js';
import type { Files } from '../platform.js';

export const files: Files = {
  join,

  async read(file) {
    try {
      return await readFile(file, 'utf8');
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw failure('read', file, error);
    }
  },

  async linkTarget(path) {
    try {
      return await readlink(path);
    } catch {
      return undefined; // Not there, not a link, or not readable: as with the command line, there is none then.
    }
  },

  async replaceSecret(file, text) {
    try {
      await writeDraft(file, text, (draft) => rename(draft, file));
    } catch (error) {
      throw failure('write', file, error);
    }
  },

  async createSecret(file, text) {
    try {
      await writeDraft(file, text, (draft) => publish(draft, file));
    } catch (error) {
      throw failure('make', file, error);
    }
  },

  async exists(file) {
    try {
      await stat(file);
      return true;
    } catch (error) {
      if (isMissing(error)) return false;
      throw failure('read', file, error);
    }
  },

  async openToOthers(file) {
    // Windows has no such modes: what Node reports there is made up.
    if (process.platform === 'win32') return false;
    const { mode } = await stat(file);
    return (mode & 0o077) !== 0;
  },
};

/** Writes beside the file, so that nobody ever sees half of it, and then gives it its name. */
async function writeDraft(file: string, text: string, name: (draft: string) => Promise<void>): Promise<void> {
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
    await name(draft);
  } finally {
    await rm(draft, { force: true });
  }
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

const isCode = (error: unknown, code: string): boolean =>
  typeof error === 'object' && error !== null && 'code' in error && error.code === code;

/** Also where a part of the path is no directory: there is nothing then. */
const isMissing = (error: unknown): boolean => isCode(error, 'ENOENT') || isCode(error, 'ENOTDIR');

const failure = (verb: string, file: string, error: unknown): ConfigurationError =>
  new ConfigurationError(
    `Cannot ${verb} the file ${file}: ${error instanceof Error ? error.message : error}. Give this user access to it, or set BACALHAU_DIR (or the option dir) to another directory.`,
    { cause: error },
  );
