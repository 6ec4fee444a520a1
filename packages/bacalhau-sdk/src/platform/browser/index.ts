import { UnsupportedRuntimeError } from '../../errors/index.js';
import type { Connections, Platform } from '../platform.js';

/** The runtime connects as it sees fit: it pools, it checks certificates, it knows its proxy. */
const connections: Connections = {
  async route(_url, { ca, insecure }) {
    if (ca !== undefined || insecure) {
      throw new UnsupportedRuntimeError(
        'Here the runtime checks certificates by itself. Leave the option tls out, and let the browser or the system trust the authority.',
      );
    }
    return { agent: undefined, forwardProxy: undefined };
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
  // fetch and XMLHttpRequest give no codes of the system.
  explainCode: () => undefined,
  readFile: async (path) => {
    throw new UnsupportedRuntimeError(
      `There is no file ${path} in this runtime, because it has no file system. Give the content instead: bytes, or parseJob(text).`,
    );
  },
  openWebSocket: async (url, options) => {
    const { openWebSocket, unsupported } = await import('./web-socket.js');
    const problem = unsupported(options);
    if (problem !== undefined) throw new UnsupportedRuntimeError(problem);
    return openWebSocket(url, options);
  },
  files: undefined,
  expectListeners: () => undefined,
  transferHeaders: {},
  async *gunzip(chunks) {
    yield* (await import('./gunzip.js')).gunzip(chunks);
  },
  sha256: () => undefined,
  openFolder: async () => {
    throw new UnsupportedRuntimeError(
      'There is no file system in this runtime to download to. Read the results with files(), or download on a server.',
    );
  },
};
