import { UnsupportedRuntimeError } from '../../errors/index.js';
import type { Connections, Platform } from '../platform.js';

/** Loaded when something of it is first used, or missed. */
const extras = () => import('./extras.js');
type Missing = typeof import('./extras.js')['missing'];

/** Names what this runtime lacks; in few words where the others cannot be loaded. */
async function unsupported(words: (missing: Missing) => string): Promise<UnsupportedRuntimeError> {
  const loaded = await extras().catch(() => undefined);
  return new UnsupportedRuntimeError(loaded === undefined ? 'This runtime cannot do that.' : words(loaded.missing));
}

/** The runtime connects as it sees fit: it pools, it checks certificates, it knows its proxy. */
const connections: Connections = {
  async route(_url, { ca, insecure }) {
    if (ca !== undefined || insecure) throw await unsupported(({ trust }) => trust);
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
    throw await unsupported(({ file }) => file(path));
  },
  openWebSocket: async (url, options) => {
    const { openWebSocket, problemOf } = await extras();
    const problem = problemOf(options);
    if (problem !== undefined) throw new UnsupportedRuntimeError(problem);
    return openWebSocket(url, options);
  },
  files: undefined,
  allowManyListeners: () => undefined,
  transferHeaders: {},
  async *gunzip(chunks) {
    yield* (await extras()).gunzip(chunks);
  },
  sha256: () => undefined,
  openFolder: async () => {
    throw await unsupported(({ folder }) => folder);
  },
};
