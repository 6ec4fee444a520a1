import { UnsupportedRuntimeError } from '../../errors/index.js';
import type { Platform } from '../platform.js';
import { gunzip } from './gunzip.js';
import { openWebSocket } from './web-socket.js';

/** Browsers, workers and other runtimes without Node's modules. */
export const platform: Platform = {
  userAgent: undefined,
  logger: console,
  environment: () => ({}),
  homeDirectory: () => undefined,
  openConnections: () => ({ agents: {}, close: () => undefined }),
  readFile: async (path) => {
    throw new UnsupportedRuntimeError(
      `There is no file ${path} in this runtime, because it has no file system. Give the content instead: bytes, or parseJob(text).`,
    );
  },
  openWebSocket,
  ensureKeyFile: async () => undefined,
  loadIdentity: async () => {
    throw noKeyFile('Call identity() on a server.');
  },
  signRsaSha256: async () => {
    throw noKeyFile('Sign on a server.');
  },
  transferHeaders: {},
  gunzip,
  sha256: () => undefined,
  openFolder: async () => {
    throw new UnsupportedRuntimeError(
      'There is no file system in this runtime to download to. Read the results with files(), or download on a server.',
    );
  },
};

const noKeyFile = (advice: string): UnsupportedRuntimeError =>
  new UnsupportedRuntimeError(`There is no key file in this runtime, because it has no file system. ${advice}`);
