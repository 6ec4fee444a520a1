import { platform } from '#platform';
import { type ResolvedConfig, resolveConfig } from '../config/index.js';
import { ConfigurationError } from '../errors/index.js';
import { IdentityStore } from '../identity/index.js';
import { createLogger, type Logger } from '../logging/index.js';
import type { Connections } from '../platform/platform.js';
import { VERSION } from '../version.js';
import type { ClientOptions } from './options.js';
import { Transport } from './transport.js';

/** Every option by name, so that a misspelt one is noticed and not silently without effect. */
const OPTIONS: Readonly<Record<keyof ClientOptions, true>> = {
  baseUrl: true,
  host: true,
  port: true,
  https: true,
  namespace: true,
  dir: true,
  timeoutMs: true,
  maxRetries: true,
  headers: true,
  logger: true,
  logLevel: true,
  onRequest: true,
  onResponse: true,
  onRetry: true,
  httpAgent: true,
  httpsAgent: true,
  env: true,
};

/** Turns options into a transport. Nothing is opened, read or written yet; `shared` are the sockets of another client. */
export function connect(options: ClientOptions, shared?: Connections): Transport {
  const unknown = Object.keys(options).find((name) => !Object.hasOwn(OPTIONS, name));
  if (unknown !== undefined) {
    throw new ConfigurationError(`There is no option ${unknown}. The options are ${Object.keys(OPTIONS).join(', ')}.`);
  }
  const config = resolveConfig(options, {
    env: options.env ?? platform.environment(),
    homeDirectory: platform.homeDirectory(),
  });
  const logger = createLogger(config.logLevel, options.logger ?? platform.logger);
  report(config, logger);
  return new Transport({
    options,
    config,
    logger,
    identity: new IdentityStore(config.dir, logger),
    connections: shared ?? platform.openConnections(),
    ownsConnections: shared === undefined,
    userAgent: platform.userAgent === undefined ? undefined : `bacalhau-sdk/${VERSION} ${platform.userAgent}`,
  });
}

const ENDPOINT = ['baseUrl', 'host', 'port', 'https'] as const satisfies readonly (keyof ClientOptions)[];

/** A second transport with some options replaced, on the sockets of the first. A new endpoint replaces the old one whole. */
export function derive(transport: Transport, overrides: ClientOptions): Transport {
  const moves = ENDPOINT.some((name) => overrides[name] !== undefined);
  const kept = moves
    ? Object.fromEntries(
        Object.entries(transport.options).filter(([name]) => !ENDPOINT.some((known) => known === name)),
      )
    : transport.options;
  return connect({ ...kept, ...overrides }, transport.connections);
}

function report(config: ResolvedConfig, logger: Logger): void {
  const { sources } = config;
  logger.debug(`Config dir (${sources.dir}): ${config.dir ?? 'none'}`);
  logger.debug(`Host is set to (${sources.endpoint}): ${config.baseUrl}`);
  if (config.namespace !== undefined) logger.debug(`Namespace: ${config.namespace}`);
}
