/**
 * What each server can do, as far as tests depend on it. The table in docs/servers.md has the same rows and columns, and is
 * made from what the tests found: `npm run servers`.
 */

/** The servers that the end-to-end tests run against, oldest first. */
export const SERVERS = ['1.4.0', '1.6.0', '1.9.3'] as const;

export type Server = (typeof SERVERS)[number];

export const NEWEST: Server = '1.9.3';

/** How a task goes with each of {@link SERVERS}: `yes`, `no`, or in words how it differs. */
const row = <const Values extends readonly [string, string, string]>(task: string, ...values: Values) => ({
  task,
  values,
});

export const CAPABILITIES = {
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
  'history-filters': row('`history({ executionId, nodeId, since })`', 'yes', 'yes', 'yes'),
  'history-pages': row('pages of `jobs.history`', 'no', 'yes', 'yes'),
  'node-connection': row('since when a node is connected', 'no', 'yes', 'yes'),
  'agent-config': row('`agent.config`', 'no', 'yes', 'yes'),
  'auth-config': row('`agent.authConfig`', 'no', 'no', 'yes'),
} as const;

export type Capability = keyof typeof CAPABILITIES;
export type ValueOf<C extends Capability> = (typeof CAPABILITIES)[C]['values'][number];

/** The column of a version: that of the newest server that is not newer. */
export function columnOf(version: string): Server {
  const numbers = (text: string): number[] => text.replace(/^v/, '').split('.').map(Number);
  const isNewer = (one: number[], other: number[]): boolean => {
    const index = one.findIndex((number, position) => number !== other[position]);
    return index >= 0 && (one[index] ?? 0) > (other[index] ?? 0);
  };
  return SERVERS.filter((server) => !isNewer(numbers(server), numbers(version))).at(-1) ?? SERVERS[0];
}

export const valueOn = (server: Server, capability: Capability): string =>
  CAPABILITIES[capability].values[SERVERS.indexOf(server)] ?? 'no';

/** What a test's title says of the capability that it shows, so that the results can be sorted by it. */
export const tagOf = (capability: Capability, value: string): string =>
  value === 'yes' ? `[${capability}]` : `[${capability}: ${value}]`;
