import { DevnetError } from './errors.js';
import type { DevnetOptions } from './options.js';
import type { ServerKind } from './servers/kind.js';
import { SERVERS } from './servers/table.js';

/** All of them, for callers without types. */
const NAMES = Object.keys({
  computeConfig: true,
  computeNodes: true,
  config: true,
  env: true,
  executor: true,
  hostPorts: true,
  keepLogs: true,
  logDir: true,
  onExit: true,
  onProgress: true,
  orchestratorConfig: true,
  port: true,
  server: true,
  signal: true,
  signedApi: true,
  startTimeoutMs: true,
} satisfies Record<keyof DevnetOptions, true>);

/**
 * Checks what does not depend on the server.
 *
 * @throws DevnetError `INVALID_OPTIONS`
 */
export function checkOptions(options: DevnetOptions): void {
  const { startTimeoutMs = 1, port, hostPorts = [] } = options;
  const unknown = Object.keys(options).find((name) => !NAMES.includes(name));
  if (unknown !== undefined) {
    throw new DevnetError('INVALID_OPTIONS', `Unknown option "${unknown}". The options are ${NAMES.join(', ')}.`);
  }
  if (!(startTimeoutMs > 0 && startTimeoutMs <= 2 ** 31 - 1)) {
    throw new DevnetError('INVALID_OPTIONS', 'startTimeoutMs must be a positive number of milliseconds');
  }
  for (const [name, value] of [
    ...(port === undefined ? [] : [['port', port] as const]),
    ...hostPorts.map((one) => ['hostPorts', one] as const),
  ]) {
    if (Number.isInteger(value) && value >= 1 && value <= 65_535) continue;
    throw new DevnetError('INVALID_OPTIONS', `${name} must be a whole number from 1 to 65535, not ${value}`);
  }
}

/**
 * Checks the options against what a server can have.
 *
 * @throws DevnetError `INVALID_OPTIONS`
 */
export function checkServerOptions(kind: ServerKind, options: DevnetOptions & { readonly computeNodes: number }): void {
  const { least, most } = kind.computeNodes;
  const { computeNodes, executor } = options;
  if (!Number.isInteger(computeNodes) || computeNodes < least || computeNodes > most) {
    throw new DevnetError(
      'INVALID_OPTIONS',
      `computeNodes must be a whole number from ${least} to ${most} with Bacalhau ${kind.version}, not ${computeNodes}`,
    );
  }
  for (const name of kind.lacks) {
    if (options[name] === undefined || options[name] === false) continue;
    const others = SERVERS.filter(({ lacks }) => !lacks.includes(name)).map(({ version }) => version);
    throw new DevnetError(
      'INVALID_OPTIONS',
      `Bacalhau ${kind.version} cannot have the option "${name}". Leave it out, or use the server ${others.join(' or ')}.`,
    );
  }
  if (executor !== undefined && executor !== 'noop' && executor !== 'docker') {
    throw new DevnetError('INVALID_OPTIONS', `executor must be 'noop' or 'docker', not "${String(executor)}"`);
  }
}
