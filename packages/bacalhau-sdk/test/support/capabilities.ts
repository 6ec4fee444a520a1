/**
 * What each server can do, as far as tests depend on it. The tables in docs/servers.md have the same rows and columns, and are
 * made from what the tests found: `npm run servers`.
 */

/** The servers that the end-to-end tests of `Bacalhau` run against, oldest first. */
export const SERVERS = ['1.4.0', '1.6.0', '1.9.3'] as const;

export type Server = (typeof SERVERS)[number];

/** The servers that the tests of `LegacyJobs` run against, oldest first. */
export const LEGACY_SERVERS = ['0.3.16', '1.4.0 with the signed API'] as const;

export type LegacyServer = (typeof LEGACY_SERVERS)[number];

export const NEWEST: Server = '1.9.3';

/** How a task goes with each of {@link SERVERS}: `yes`, `no`, or in words how it differs. */
const row = <const Values extends readonly [string, string, string]>(task: string, ...values: Values) => ({
  task,
  values,
});

const CAPABILITIES = {
  run: row('`jobs.run`, `submit`, `job.wait`', 'yes', 'yes', 'yes'),
  map: row('a resumed `jobs.map`', 'yes', 'yes', 'yes'),
  'lost-response': row('a lost response to a submission', 'found by label', 'found by label', 'found by name'),
  'same-name': row('submitting the same name again, changed', 'not updated', 'not updated', '`onExisting` decides'),
  'put-again': row('`jobs.put` of the same name', 'another job', 'another job', 'a conflict'),
  'name-lookup': row('`jobs.handle(name)`', 'no', 'no', 'yes'),
  'wasm-module': row('where `wasm()` puts the module', 'in the engine', 'in the engine', 'an input'),
  versions: row('`jobs.diff`, `rerun`, `versions`', 'no', 'no', 'yes'),
  'stop-reason': row('the reason of a stop in `State.Message`', 'in the history only', 'yes', 'yes'),
  'execution-states': row('execution states with today’s numbers', 'no', 'yes', 'yes'),
  'error-codes': row('errors with a code and a component', 'no', 'yes', 'yes'),
  'docker-logs': row('logs of a running Docker job', 'once it has ended', 'yes', 'yes'),
  'wasm-logs': row('logs of a running WebAssembly job', 'once it has ended', 'once it has ended', 'once it has ended'),
  'ended-logs': row('logs of an ended Docker job', 'what it published', 'what it published', 'complete'),
  users: row('API key, password', 'no', 'no', 'yes'),
  'shared-directory': row('its command line uses the SDK’s directory', 'no', 'yes', 'yes'),
  login: row('login by key (an access policy)', 'yes', 'yes', 'yes'),
  'local-results': row('results of the local publisher', 'yes', 'yes', 'yes'),
  'ipfs-results': row('results in IPFS', 'yes', 'yes', 'yes'),
  'ipfs-inputs': row('data of IPFS as an input', 'no', 'yes', 'yes'),
  'history-filters': row('`history({ executionId, nodeId, since })`', 'yes', 'yes', 'yes'),
  'history-pages': row('pages of `jobs.history`', 'no', 'yes', 'yes'),
  'node-connection': row('since when a node is connected', 'no', 'yes', 'yes'),
  'agent-config': row('`agent.config`', 'no', 'yes', 'yes'),
  'auth-config': row('`agent.authConfig`', 'no', 'no', 'yes'),
} as const;

/** How a task goes with each of {@link LEGACY_SERVERS}. */
const legacyRow = <const Values extends readonly [string, string]>(task: string, ...values: Values) => ({
  task,
  values,
});

const LEGACY_CAPABILITIES = {
  'legacy-submit': legacyRow('`submit`, `wait`', 'yes', 'yes'),
  'legacy-list': legacyRow('`list` of this client’s jobs', 'yes', 'yes'),
  'legacy-states': legacyRow('`states`, `results`', 'yes', 'yes'),
  'legacy-events': legacyRow('`events`', 'of the network', 'changes of states'),
  'legacy-local-events': legacyRow('`localEvents`', 'yes', 'no'),
  'legacy-cancel': legacyRow('`cancel`', 'no', 'yes'),
  'legacy-unknown-job': legacyRow('an unknown job is a `NotFoundError`', 'yes', 'yes'),
  'legacy-exit-code': legacyRow('an exit code other than 0', 'fails the job', 'completes the job'),
  'legacy-signature': legacyRow('a wrong signature is explained', 'yes', 'yes'),
} as const;

const ALL = { ...CAPABILITIES, ...LEGACY_CAPABILITIES };

export type Capability = keyof typeof ALL;
export type ValueOf<C extends Capability> = (typeof ALL)[C]['values'][number];

/** A table in docs/servers.md. */
export interface CapabilityTable {
  readonly servers: readonly string[];
  readonly rows: Readonly<Record<string, { readonly task: string; readonly values: readonly string[] }>>;
}

export const CURRENT: CapabilityTable = { servers: SERVERS, rows: CAPABILITIES };
export const LEGACY: CapabilityTable = { servers: LEGACY_SERVERS, rows: LEGACY_CAPABILITIES };

export const isCapability = (name: string): name is Capability => name in ALL;

/** The column of a version: that of the newest server that is not newer. */
export function columnOf(version: string): Server {
  const numbers = (text: string): number[] => text.replace(/^v/, '').split('.').map(Number);
  const isNewer = (one: number[], other: number[]): boolean => {
    const index = one.findIndex((number, position) => number !== other[position]);
    return index >= 0 && (one[index] ?? 0) > (other[index] ?? 0);
  };
  return SERVERS.filter((server) => !isNewer(numbers(server), numbers(version))).at(-1) ?? SERVERS[0];
}

/** How a task goes with a server; `undefined` if it is none of that server's table. */
export function valueOn(server: Server | LegacyServer, capability: Capability): string | undefined {
  const table = [CURRENT, LEGACY].find(({ servers }) => servers.includes(server));
  return table?.rows[capability]?.values[table.servers.indexOf(server)];
}

/** What a test's title says of the capability that it shows, so that the results can be sorted by it. */
export const tagOf = (capability: string, value: string): string =>
  value === 'yes' ? `[${capability}]` : `[${capability}: ${value}]`;
