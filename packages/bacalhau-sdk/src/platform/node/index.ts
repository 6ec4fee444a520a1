import { createHash } from 'node:crypto';
import { homedir } from 'node:os';
import { VERSION } from '../../version.js';
import type { Platform } from '../platform.js';
import { readCertificates } from './certificates.js';
import { openConnections } from './connections.js';
import { openFolder } from './download-folder.js';
import { explainCode } from './explain-code.js';
import { serveFile } from './file-server.js';
import { readJobBytes, textFiles } from './files.js';
import { gunzip, gzip } from './gzip.js';
import { keyFiles } from './key-files.js';
import { listFiles } from './local-files.js';
import { requestBody } from './request-body.js';
import { readSettings } from './settings-files.js';
import { openWebSocket } from './web-socket.js';

/** Node.js, and Deno and Bun through their Node compatibility. */
export const platform: Platform = {
  userAgent: `node/${process.versions.node}`,
  logger: { debug: toStandardError, info: toStandardError, warn: toStandardError, error: toStandardError },
  environment: () => process.env,
  homeDirectory,
  openConnections,
  explainCode,
  openWebSocket,
  readFile: readJobBytes,
  listFiles,
  textFiles,
  keyFiles,
  readSettings,
  readCertificates,
  // Compression on the way changes the length, and then an interrupted transfer could not be resumed.
  transferHeaders: {
    'user-agent': `bacalhau-sdk/${VERSION} node/${process.versions.node}`,
    'accept-encoding': 'identity',
  },
  gunzip,
  gzip,
  requestBody,
  serveFile,
  sha256: () => {
    const hash = createHash('sha256');
    return { update: (chunk) => void hash.update(chunk), digest: () => hash.digest() };
  },
  openFolder,
};

/**
 * Writes to standard error. `console.debug` and `console.info` write to standard output, which is for the program's own
 * output.
 */
function toStandardError(message: string): void {
  console.error(message);
}

function homeDirectory(): string | undefined {
  try {
    return homedir();
  } catch {
    return undefined; // a user without HOME and without an entry in the system's user database
  }
}
