import { randomBytes } from 'node:crypto';
import type { StatsBase } from 'node:fs';
import { constants, lstat, mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ConfigurationError } from '../../errors/index.js';
import { isRecord, messageOf } from '../../util/index.js';
import type { TextFiles } from '../platform.js';

/** In bytes: settings, tokens, keys and certificates are much smaller. */
const LARGEST_TEXT_FILE = 4 * 1024 * 1024;
/** In bytes: a job or a module that is larger is refused by every server. */
const LARGEST_JOB_FILE = 256 * 1024 * 1024;

interface ReadOptions {
  readonly maxBytes: number;
  /** Whether a file that others than its owner can read or write is refused. */
  readonly isSecret: boolean;
}

/** A file that cannot be used as it is. The message continues a sentence. */
class FileProblem extends Error {
  /** What to do about it, as a sentence. */
  readonly advice: string | undefined;

  constructor(message: string, advice?: string) {
    super(message);
    this.advice = advice;
  }
}

export const textFiles: TextFiles = {
  join,
  read: (file) => readText(file),
  readSecret: (file, { allowReadable }) => readText(file, { isSecret: !allowReadable }),

  async replaceSecret(file, text) {
    try {
      await writeSecret(file, text, (draft) => rename(draft, file));
    } catch (error) {
      throw await fileError('write', file, error);
    }
  },
};

/** Reads a small text file; undefined if there is none. */
export async function readText(
  file: string,
  { isSecret = false, advice = OTHER_DIRECTORY }: { readonly isSecret?: boolean; readonly advice?: string } = {},
): Promise<string | undefined> {
  try {
    const bytes = await readRegularFile(file, { maxBytes: LARGEST_TEXT_FILE, isSecret });
    return decode(bytes);
  } catch (error) {
    if (isMissing(error) && !(await isLink(file))) return undefined;
    throw await fileError('read', file, error, advice);
  }
}

/** Reads a file of which a job is made. */
export async function readJobBytes(path: string | URL): Promise<Uint8Array> {
  try {
    return await readRegularFile(path, { maxBytes: LARGEST_JOB_FILE, isSecret: false });
  } catch (error) {
    throw new Error(await problemOf(path, error), { cause: error });
  }
}

/**
 * Reads a regular file. Anything else is refused before it is opened: a pipe may never end, and opening one may wait for
 * ever for somebody who writes to it.
 */
async function readRegularFile(path: string | URL, { maxBytes, isSecret }: ReadOptions): Promise<Buffer> {
  checkKind(await stat(path));
  // Something else may have taken its place meanwhile. Windows has neither pipes among its files nor the flag.
  const handle = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    const info = await handle.stat();
    checkKind(info);
    // Windows has no such modes: what Node reports there is made up.
    if (isSecret && process.platform !== 'win32' && (info.mode & 0o077) !== 0) {
      throw new FileProblem(
        'it can be read or written by users other than its owner',
        'Run chmod 600 on it, or set the option allowReadableKeyFile.',
      );
    }
    const chunks: Buffer[] = [];
    let size = 0;
    for (;;) {
      const { bytesRead, buffer } = await handle.read({ buffer: Buffer.allocUnsafe(chunkSize(info.size - size)) });
      if (bytesRead === 0) return Buffer.concat(chunks);
      chunks.push(buffer.subarray(0, bytesRead));
      size += bytesRead;
      if (size > maxBytes) throw new FileProblem(`it is larger than ${maxBytes} bytes`);
    }
  } finally {
    await handle.close();
  }
}

/** Returns how much to read: the rest at once, if it is known, and one byte more, which shows the end of the file. */
const chunkSize = (rest: number): number => Math.min(Math.max(rest + 1, 4096), 1024 * 1024);

export function checkKind(info: Pick<StatsBase<unknown>, 'isFile' | 'isDirectory' | 'isFIFO' | 'isSocket'>): void {
  if (info.isFile()) return;
  const kind = info.isDirectory()
    ? 'a directory'
    : info.isFIFO()
      ? 'a pipe'
      : info.isSocket()
        ? 'a socket'
        : 'a device';
  throw new FileProblem(`it is ${kind}, not a regular file`);
}

/** Decodes UTF-8 with or without the mark at its beginning. */
function decode(bytes: Uint8Array): string {
  const [first, second] = bytes;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff) || bytes.includes(0)) {
    throw new FileProblem('it is not UTF-8 text, but UTF-16 or binary', 'Save it as UTF-8.');
  }
  return new TextDecoder().decode(bytes);
}

/**
 * Writes a file that only its owner can read. `publish` gives it its name when it is complete, so that nobody ever sees a
 * part of it. Creates its directory if need be.
 */
export async function writeSecret(
  file: string,
  text: string,
  publish: (draft: string) => Promise<void>,
): Promise<void> {
  await createDirectory(dirname(file));
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

/**
 * Creates a directory and those above it. Node's own `recursive` reports ENOENT for whatever it could not create, and
 * tries for ever where the system does so, too.
 */
async function createDirectory(path: string): Promise<void> {
  const create = async (): Promise<void> => {
    try {
      await mkdir(path, { mode: 0o700 });
    } catch (error) {
      if (!isCode(error, 'EEXIST')) throw error;
    }
  };
  try {
    await create();
  } catch (error) {
    if (!isCode(error, 'ENOENT') || dirname(path) === path) throw error;
    await createDirectory(dirname(path));
    await create();
  }
}

export const isLink = (path: string | URL): Promise<boolean> =>
  lstat(path).then(
    (info) => info.isSymbolicLink(),
    () => false,
  );

export const isCode = (error: unknown, code: string): boolean => isRecord(error) && error['code'] === code;

/** Recognizes that there is no such file, also because a part of the path is not a directory. */
export const isMissing = (error: unknown): boolean => isCode(error, 'ENOENT') || isCode(error, 'ENOTDIR');

const OTHER_DIRECTORY = 'Give this user access to it, or set BACALHAU_DIR (or the option dir) to another directory.';

const PROBLEMS: Readonly<Record<string, string>> = {
  EACCES: 'this user has no permission (EACCES)',
  EPERM: 'this user has no permission (EPERM)',
  EROFS: 'its file system is read-only (EROFS)',
  ELOOP: 'it is a link that leads back to itself (ELOOP)',
  EISDIR: 'it is a directory (EISDIR)',
  ENOTDIR: 'a part of its path is not a directory (ENOTDIR)',
  ENOSPC: 'the disk is full (ENOSPC)',
  EDQUOT: 'the disk quota is used up (EDQUOT)',
  ENAMETOOLONG: 'its path is too long (ENAMETOOLONG)',
};

/** Says what is wrong with a file, to continue a sentence; the path is in the sentence already. */
export async function problemOf(path: string | URL, error: unknown): Promise<string> {
  if (error instanceof FileProblem) return error.message;
  const code = isRecord(error) && typeof error['code'] === 'string' ? error['code'] : '';
  if (code === 'ENOENT') {
    return (await isLink(path))
      ? 'it is a link to a file that does not exist (ENOENT)'
      : 'there is no such file or directory (ENOENT)';
  }
  return PROBLEMS[code] ?? messageOf(error);
}

export async function fileError(
  verb: string,
  file: string,
  error: unknown,
  advice = OTHER_DIRECTORY,
): Promise<ConfigurationError> {
  const solution = (error instanceof FileProblem && error.advice) || advice;
  return new ConfigurationError(`Cannot ${verb} the file ${file}: ${await problemOf(file, error)}. ${solution}`, {
    cause: error,
  });
}
