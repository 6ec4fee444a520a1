import { platform } from '#platform';
import { findUnknownName } from '../arguments/index.js';
import { resolveConfig } from '../config/index.js';
import { ConfigurationError, harmlessLine } from '../errors/index.js';
import { createLogger } from '../logging/index.js';
import type { Connections } from '../platform/index.js';
import { isHarmlessName, redact, Secrets } from '../redaction/index.js';
import { VERSION } from '../version.js';
import type { ClientOptions } from './options.js';
import { Session } from './session.js';
import { Transport } from './transport.js';

/** Every option with what it is about, which decides what `withOptions` may share. */
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
  // Not only about calls: an Authorization in it replaces `auth`.
  headers: 'connection',
  namespace: 'calls',
  timeoutMs: 'calls',
  maxRetries: 'calls',
  maxResponseBytes: 'calls',
  logger: 'calls',
  logLevel: 'calls',
  onRequest: 'calls',
  onResponse: 'calls',
  onRetry: 'calls',
  instrumentation: 'calls',
};

/**
 * Creates a transport from options. Nothing is opened, read or written yet.
 *
 * @throws {ConfigurationError} if an option or an environment variable is malformed.
 */
export const connect = (options: ClientOptions): Transport => createTransport(options, undefined);

/** What a derived transport shares with its original. */
interface SharedParts {
  readonly connections: Connections;
  /** Absent if the derived one connects elsewhere, or in another way. */
  readonly session: Session | undefined;
}

function createTransport(options: ClientOptions, shared: SharedParts | undefined): Transport {
  checkClientOptions(options);
  const env = options.env ?? platform.environment();
  const homeDirectory = platform.homeDirectory();
  const resolution = resolveConfig(options, { env, homeDirectory });
  const { config } = resolution;
  const secrets = shared?.session?.secrets ?? new Secrets();
  const clean = (line: string): string => harmlessLine(redact(line, secrets));
  const logger = createLogger(config.logLevel, options.logger ?? platform.logger, clean);
  const connections = shared?.connections ?? platform.openConnections();
  const session =
    shared?.session ?? new Session({ options, env, homeDirectory, resolution, platform, logger, secrets, connections });
  return new Transport({
    ...{ options, env, logger, session, connections },
    namespace: config.namespace,
    ownsConnections: shared === undefined,
    userAgent: platform.userAgent === undefined ? undefined : `bacalhau-sdk/${VERSION} ${platform.userAgent}`,
    derive: (overrides) => derive(options, overrides, { connections, session }),
  });
}

/**
 * Creates a second transport with some options replaced, on the sockets of the first. A new address replaces the old one as
 * a whole, and nothing that was given for the old one goes there: no credentials, no secret headers, no exception for its
 * certificate.
 */
function derive(original: ClientOptions, overrides: ClientOptions, shared: SharedParts): Transport {
  checkClientOptions(overrides);
  const groups = namesOf(overrides).map((name) => OPTIONS[name]);
  const moves = groups.includes('address');
  const options = { ...(moves ? withoutAddress(original) : original), ...overrides };
  const keepsSession = !moves && !groups.includes('connection');
  return createTransport(options, { ...shared, session: keepsSession ? shared.session : undefined });
}

function checkClientOptions(options: unknown): void {
  if (typeof options !== 'object' || options === null) {
    throw new ConfigurationError('The options must be an object. Pass for example { host: "127.0.0.1", port: 1234 }.');
  }
  const unknown = findUnknownName(options, Object.keys(OPTIONS));
  if (unknown === undefined) return;
  throw new ConfigurationError(`There is no option ${JSON.stringify(unknown.name)}. ${unknown.advice}`);
}

const namesOf = (options: ClientOptions): (keyof ClientOptions)[] =>
  Object.entries(options).flatMap(([name, value]) => (value !== undefined && isOption(name) ? [name] : []));

const isOption = (name: string): name is keyof ClientOptions => Object.hasOwn(OPTIONS, name);

function withoutAddress({ auth: _auth, tls: _tls, headers, ...rest }: ClientOptions): ClientOptions {
  const kept = Object.entries(rest).filter(([name]) => !isOption(name) || OPTIONS[name] !== 'address');
  const harmless = Object.entries(headers ?? {}).filter(([name]) => isHarmlessName(name));
  return { ...Object.fromEntries(kept), headers: Object.fromEntries(harmless) };
}
