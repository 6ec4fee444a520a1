import {
  type Capability,
  columnOf,
  LEGACY_SERVERS,
  type LegacyServer,
  NEWEST,
  SERVERS,
  type Server,
  valueOn,
} from './capabilities.js';

declare global {
  /**
   * The server of the jest project (jest.config.mjs): one of `SERVERS` or `LEGACY_SERVERS`, or `candidate` for a newer one
   * that is tried.
   */
  var bacalhauServer: string | undefined;
}

const name: string = globalThis.bacalhauServer ?? NEWEST;

/** The address of the project's network, in the environment because tests may run in another process than the set-up. */
const addressVariable = (server: string): string => `BACALHAU_TEST_URL_${server.replaceAll('.', '_')}`;

/** The version that a server under trial has reported. */
const CANDIDATE_VERSION = 'BACALHAU_TEST_CANDIDATE_VERSION';

/** The address of the network that the global set-up started, seen through the proxy that checks every answer. */
export function networkUrl(): string {
  const url = process.env[addressVariable(name)];
  if (url === undefined) throw new Error('The global set-up of the tests has not run.');
  return url;
}

/** The number of nodes of that network that run jobs. */
export const computeNodes = (): number => Number(process.env[`${addressVariable(name)}_NODES`]);

/** A port of this machine that the nodes of that network reach; 0 if they reach all. Its global set-up found it free. */
export const hostPort = (): number => Number(process.env[`${addressVariable(name)}_HOST_PORT`]);

/** The version of the server that this file's tests run against. */
export const serverVersion: string = name === 'candidate' ? (process.env[CANDIDATE_VERSION] ?? NEWEST) : name;

/** The server whose column in the table applies. */
const column: Server | LegacyServer =
  [...SERVERS, ...LEGACY_SERVERS].find((server) => server === name) ?? columnOf(serverVersion);

/** What `startDevnet` and `ensureServer` are told for another network of the same server. */
export const devnetServer: string =
  name === 'candidate' ? (process.env['BACALHAU_TEST_SERVER'] ?? '') : name === NEWEST ? 'pinned' : name;

export const has = (capability: Capability, value = 'yes'): boolean => valueOn(column, capability) === value;
