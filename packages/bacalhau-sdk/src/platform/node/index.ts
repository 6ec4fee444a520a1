import { homedir } from 'node:os';
import type { Platform } from '../platform.js';
import { openConnections } from './connections.js';
import { ensureKeyFile, loadIdentity } from './key-file.js';

/** Node.js, and Deno and Bun through their Node compatibility. */
export const platform: Platform = {
  userAgent: `node/${process.versions.node}`,
  environment: () => process.env,
  homeDirectory,
  openConnections,
  ensureKeyFile,
  loadIdentity,
};

function homeDirectory(): string | undefined {
  try {
    return homedir();
  } catch {
    return undefined; // a user without an entry in the system's database and without HOME
  }
}
