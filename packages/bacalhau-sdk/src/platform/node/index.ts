import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import type { Platform } from '../platform.js';
import { openConnections } from './connections.js';
import { ensureKeyFile, loadIdentity } from './key-file.js';

/** Node.js, and Deno and Bun through their Node compatibility. */
export const platform: Platform = {
  userAgent: `node/${process.versions.node}`,
  logger: { debug: toStandardError, info: toStandardError, warn: toStandardError, error: toStandardError },
  environment: () => process.env,
  homeDirectory,
  openConnections,
  readFile: (path) => readFile(path),
  ensureKeyFile,
  loadIdentity,
};

/** Never to standard output, which `console.debug` and `console.info` write to: that belongs to the program's own results. */
function toStandardError(message: string): void {
  console.error(message);
}

function homeDirectory(): string | undefined {
  try {
    return homedir();
  } catch {
    return undefined; // a user without an entry in the system's database and without HOME
  }
}
