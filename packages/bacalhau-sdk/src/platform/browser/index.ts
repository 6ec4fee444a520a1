import { UnsupportedRuntimeError } from '../../errors/index.js';
import type { Connections, Platform } from '../platform.js';
import { gunzip, gzip } from './gzip.js';
import { requestBody } from './request-body.js';
import { openWebSocket } from './web-socket.js';

/** The runtime connects by itself: it pools sockets, verifies certificates, knows its proxy. */
const connections: Connections = {
  route(_url, { ca, insecure }) {
    if (ca !== undefined || insecure) {
      throw new UnsupportedRuntimeError(
        'This runtime verifies certificates by itself. Leave out the option tls, and add the authority to the browser or the system.',
      );
    }
    return { agent: undefined, forwardProxy: undefined, proxyAddress: undefined, proxyCredentials: undefined };
  },
  close: () => undefined,
};

/** Browsers, workers and other runtimes without Node's modules. */
export const platform: Platform = {
  userAgent: undefined,
  logger: console,
  environment: () => ({}),
  homeDirectory: () => undefined,
  openConnections: () => connections,
  // fetch and XMLHttpRequest expose no codes of the system.
  explainCode: () => undefined,
  readFile: async (path) => {
    throw new UnsupportedRuntimeError(
      `The file ${path} cannot be read, because this runtime has no file system. Pass its content instead: bytes, or parseJob(text).`,
    );
  },
  listFiles: async (path) => {
    throw new UnsupportedRuntimeError(
      `${path} cannot be read, because this runtime has no file system. Pass a File, a FileList or a directory handle.`,
    );
  },
  openWebSocket,
  textFiles: undefined,
  keyFiles: undefined,
  readSettings: undefined,
  readCertificates: async () => {
    throw new UnsupportedRuntimeError('tls.caFile cannot be read, because this runtime has no file system.');
  },
  transferHeaders: {},
  gunzip,
  gzip,
  requestBody,
  serveFile: async () => {
    throw new UnsupportedRuntimeError('This runtime cannot serve files. Pass via.s3 or via.ipfs instead.');
  },
  sha256: () => undefined,
  openFolder: async () => {
    throw new UnsupportedRuntimeError(
      'This runtime has no file system to download to. Read the results with files(), or download on a server.',
    );
  },
};
