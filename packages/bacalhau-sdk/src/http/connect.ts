import { platform } from '#platform';
import { resolveConfig } from '../config/index.js';
import { ConfigurationError } from '../errors/index.js';
import { createLogger } from '../logging/index.js';
import type { Connections } from '../platform/platform.js';
import { VERSION } from '../version.js';
import { SECRET_NAME } from './headers.js';
import type { ClientOptions } from './options.js';
import { Session } from './session.js';
import { Transport } from './transport.js';

/** Every option by name, so that a misspelt one is noticed; and what it is about, which says what `withOptions` may share. */
const OPTIONS: Readonly<Record<keyof ClientOptions, 'address' | 'connection' | 'calls'>> = {
  baseUrl: 'address',
  host: 'address',
  port: 'address',
  https: 'address',
  profile: 'address',
  auth: 'connection',
  tls: 'connection',
  signer: 'connection',
  proxy: 'connection',
  dir: 'connection',
  allowReadableKeyFile: 'connection',
  httpAgent: 'connection',
  httpsAgent: 'connection',
  env: 'connection',
  // Not only of calls: an Authorization in it takes the place of `auth`.
  headers: 'connection',
  namespace: 'calls',
  timeoutMs: 'calls',
  maxRetries: 'calls',
  logger: 'calls',
  logLevel: 'calls',
  onRequest: 'calls',
  onResponse: 'calls',
  onRetry: 'calls',
};

/** Turns options into a transport. Nothing is opened, read or written yet. */
export function connect(options: ClientOptions): Transport {
  checkObject(options);
  return assemble(options, undefined);
}

/**
 * A second transport with some options replaced, on the sockets of the first. A new address replaces the old one whole,
 * and nothing that was given for the old one goes there: no credentials, no secret headers, no exception for its
 * certificate.
 */
export function derive(transport: Transport, overrides: ClientOptions): Transport {
  checkObject(overrides);
  const touched = namesOf(overrides).map((name) => OPTIONS[name]);
  const moves = touched.includes('address');
  const options = { ...(moves ? withoutPlace(transport.options) : transport.options), ...overrides };
  const session = moves || touched.includes('connection') ? undefined : transport.session;
  return assemble(options, { connections: transport.connections, session });
}

function checkObject(options: unknown): void {
  if (typeof options === 'object' && options !== null) return;
  throw new ConfigurationError('The options are no object. Give for example { host: "127.0.0.1", port: 1234 }.');
}

function assemble(
  options: ClientOptions,
  shared: { readonly connections: Connections; readonly session: Session | undefined } | undefined,
): Transport {
  const unknown = Object.keys(options).find((name) => !Object.hasOwn(OPTIONS, name));
  if (unknown !== undefined) {
    throw new ConfigurationError(`There is no option ${unknown}. The options are ${Object.keys(OPTIONS).join(', ')}.`);
  }
  const env = options.env ?? platform.environment();
  const homeDirectory = platform.homeDirectory();
  const resolution = resolveConfig(options, { env, homeDirectory });
  const { config } = resolution;
  const logger = createLogger(config.logLevel, options.logger ?? platform.logger);
  const connections = shared?.connections ?? platform.openConnections();
  return new Transport({
    options,
    namespace: config.namespace,
    logger,
    session:
      shared?.session ??
      new Session({ options, env, homeDirectory, resolution, files: platform.files, logger, connections }),
    connections,
    ownsConnections: shared === undefined,
    userAgent: platform.userAgent === undefined ? undefined : `bacalhau-sdk/${VERSION} ${platform.userAgent}`,
  });
}

const namesOf = (options: ClientOptions): (keyof ClientOptions)[] =>
  Object.entries(options).flatMap(([name, value]) => (value !== undefined && isOption(name) ? [name] : []));

const isOption = (name: string): name is keyof ClientOptions => Object.hasOwn(OPTIONS, name);

function withoutPlace({ auth: _auth, tls: _tls, headers, ...rest }: ClientOptions): ClientOptions {
  const kept = Object.entries(rest).filter(([name]) => !isOption(name) || OPTIONS[name] !== 'address');
  const harmless = Object.entries(headers ?? {}).filter(([name]) => !SECRET_NAME.test(name));
  return { ...Object.fromEntries(kept), headers: Object.fromEntries(harmless) };
}
