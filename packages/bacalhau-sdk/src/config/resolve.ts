import { ConfigurationError } from '../errors/index.js';
import { LOG_LEVELS, type LogLevel } from '../logging/index.js';
import type { CommandLineSettings, ConfigFile, NamedValue, ProfileFile, ProfileSelection } from '../platform/index.js';
import { type EnvironmentVariables, flag, parseProxyAddress, variable } from '../platform/index.js';
import { checkConfigInput } from './check-input.js';
import { type Credentials, environmentCredentials } from './credentials.js';
import { endpoint, fullUrl, parsePort } from './endpoint.js';
import type { ConfigInput } from './input.js';
import { type ConfigSource, type Layer, named } from './layer.js';
import { profileChoice } from './profile-choice.js';

/** The effective settings of a client; nothing in it is secret. */
export interface ResolvedConfig {
  /** Scheme, host and port, and a path where a gateway needs one; no slash at the end. */
  readonly baseUrl: string;
  /** The namespace of calls that set none; undefined for the server's, `default`. */
  readonly namespace: string | undefined;
  /** The directory of keys, tokens and profiles; undefined where there is no home directory and none was configured. */
  readonly dir: string | undefined;
  /** The profile that the address came from. */
  readonly profile: string | undefined;
  /** How the server's certificate is verified. */
  readonly tls: ResolvedTls;
  /** What is logged. */
  readonly logLevel: LogLevel;
  /** Where each setting came from. */
  readonly sources: {
    /** Of `baseUrl`. */
    readonly endpoint: ConfigSource;
    /** Of `dir`. */
    readonly dir: ConfigSource;
    /** Of `tls`. */
    readonly tls: ConfigSource;
    /** Of `logLevel`. */
    readonly logLevel: ConfigSource;
  };
}

/** How the server's certificate is verified: the effective settings. */
export interface ResolvedTls {
  /** Certificates of authorities, PEM, trusted in addition to those of the runtime. */
  readonly ca: readonly string[] | undefined;
  /** The PEM file with such certificates. */
  readonly caFile: string | undefined;
  /** Whether any certificate is accepted. */
  readonly insecure: boolean;
}

/** The result of resolving: the settings and, apart from them, what is secret. */
export interface Resolution {
  readonly config: ResolvedConfig;
  /** The credentials of the environment or the profile. */
  readonly credentials: Credentials | undefined;
  /** The profile to read; undefined if options or environment set another address. */
  readonly profileSelection: ProfileSelection | undefined;
  /** To be logged once. */
  readonly warning: string | undefined;
}

export interface ConfigContext {
  readonly env: EnvironmentVariables;
  readonly homeDirectory: string | undefined;
  /** The contents of the command line's files; left out while they have not been read. */
  readonly files?: CommandLineSettings | undefined;
}

/**
 * Resolves the settings of a client: options, then the environment, then the selected profile, then `config.yaml`, then
 * the defaults of the Bacalhau command line. Pure: the same input always gives the same result.
 *
 * A profile is an address with its token and certificates. It counts as a whole or not at all: not if options or
 * environment set a host or a port. One that the option `profile` names counts as an option, above the environment.
 *
 * @throws {ConfigurationError} naming the option, variable or file that is malformed, or the two that exclude each other.
 */
export function resolveConfig(input: ConfigInput, { env, homeDirectory, files }: ConfigContext): Resolution {
  checkConfigInput(input);
  const choice = profileChoice(input.profile, env);
  const ownCredentials = environmentCredentials(env);
  const layers = [
    fromOptions(input),
    fromEnvironment(env, homeDirectory),
    { source: 'config.yaml', ...files?.config } as const,
    byDefault(homeDirectory),
  ];
  if (typeof input.proxy === 'string') parseProxyAddress(input.proxy, 'The option proxy');
  const author = namesEndpoint(input, env, choice?.source === 'option');
  if (author === 'option' && choice?.source === 'option') {
    throw new ConfigurationError('Set either profile or baseUrl, host, port and https, not both.');
  }
  const profile = author === undefined ? files?.profile : undefined;
  const address = resolveAddress(input, layers, profile);
  const tls = resolveTls(layers, profile);
  const dir = first(layers, 'dir');
  const logLevel = first(layers, 'logLevel');
  return {
    config: {
      baseUrl: address.value,
      namespace: nonEmpty(input.namespace, 'namespace'),
      dir: dir.dir,
      profile: profile?.name,
      tls: tls.value,
      logLevel: logLevel.logLevel ? parseLogLevel(logLevel.logLevel) : 'warn',
      sources: {
        endpoint: address.source,
        dir: dir.source,
        tls: tls.source,
        logLevel: logLevel.source,
      },
    },
    credentials: ownCredentials ?? (profile?.token && { kind: 'token', token: profile.token, source: 'profile' }),
    profileSelection: author === undefined ? { name: choice?.name } : undefined,
    warning: disagreement(files?.config, profile),
  };
}

/** Returns a warning where the command line would prefer the file, so that one directory leads to two servers. */
function disagreement(config: ConfigFile | undefined, profile: ProfileFile | undefined): string | undefined {
  if (config === undefined || profile === undefined || (config.host ?? config.port) === undefined) return undefined;
  return `Using the profile ${profile.name}, although ${config.file} names an API host or port, which the command line would use.`;
}

interface Sourced<T> {
  readonly value: T;
  readonly source: ConfigSource;
}

function fromOptions({ host, port, https, tls = {}, dir, logLevel }: ConfigInput): Layer {
  const { insecure } = tls;
  const ca = pemList(tls.ca);
  const caFile = nonEmpty(tls.caFile, 'tls.caFile');
  if (ca !== undefined && caFile !== undefined) {
    throw new ConfigurationError('Set either tls.ca or tls.caFile, not both.');
  }
  if (insecure === true && (ca ?? caFile) !== undefined) {
    throw new ConfigurationError('Set either tls.insecure or a certificate authority, not both.');
  }
  return {
    ...{ source: 'option', https, ca, caFile, insecure },
    dir: nonEmpty(dir, 'dir'),
    logLevel: named('logLevel', logLevel),
    host: named('host', nonEmpty(host, 'host')),
    port: named('port', port),
  };
}

function fromEnvironment(env: EnvironmentVariables, home: string | undefined): Layer {
  const read = (name: string): NamedValue<string> | undefined => named(name, variable(env, name));
  const useTls = flag(env, 'BACALHAU_API_TLS_USETLS');
  return {
    source: 'environment',
    dir: expandHome(variable(env, 'BACALHAU_DIR'), home),
    logLevel: read('BACALHAU_SDK_LOG'),
    host: read('BACALHAU_API_HOST'),
    port: read('BACALHAU_API_PORT'),
    https: anyWord(variable(env, 'BACALHAU_HTTPS')) ?? useTls,
    caFile: variable(env, 'BACALHAU_API_TLS_CAFILE'),
    insecure: flag(env, 'BACALHAU_API_TLS_INSECURE'),
  };
}

const byDefault = (home: string | undefined): Layer => ({
  source: 'default',
  dir: home === undefined ? undefined : `${home}/.bacalhau`,
});

/** Returns the first layer that has one of the settings; an empty one if none does. */
const first = (layers: readonly Layer[], ...settings: readonly (keyof Layer)[]): Layer =>
  layers.find((layer) => settings.some((setting) => layer[setting] !== undefined)) ?? { source: 'default' };

/**
 * Finds the source above the profile that sets an address. For the command line a host or a port sets one, and the
 * scheme alone does not.
 */
function namesEndpoint(
  input: ConfigInput,
  env: EnvironmentVariables,
  byProfile: boolean,
): 'option' | 'environment' | undefined {
  if ((input.baseUrl ?? input.host ?? input.port ?? input.https) !== undefined) return 'option';
  if (byProfile) return undefined;
  const set = variable(env, 'BACALHAU_API_HOST') ?? variable(env, 'BACALHAU_API_PORT');
  return set === undefined ? undefined : 'environment';
}

function resolveAddress(
  { baseUrl, host, port, https }: ConfigInput,
  layers: readonly Layer[],
  profile: ProfileFile | undefined,
): Sourced<string> {
  if (baseUrl !== undefined) {
    if ((host ?? port ?? https) !== undefined) {
      throw new ConfigurationError('Set either baseUrl or host, port and https, not both.');
    }
    return { value: fullUrl(baseUrl, 'baseUrl'), source: 'option' };
  }
  if (profile !== undefined) {
    return { value: fullUrl(profile.endpoint, `endpoint in ${profile.file}`), source: 'profile' };
  }
  const { port: ownPort } = first(layers, 'port');
  const value = endpoint({
    host: first(layers, 'host').host,
    port: ownPort && parsePort(ownPort.value, ownPort.name),
    https: first(layers, 'https').https,
  });
  return { value, source: first(layers, 'host', 'port', 'https').source };
}

/** Resolves how certificates are verified: as with the command line, the file of an authority wins over `insecure`. */
function resolveTls(layers: readonly Layer[], profile: ProfileFile | undefined): Sourced<ResolvedTls> {
  // A profile has its own; those of config.yaml belong to another address.
  const own: Layer | undefined = profile && { source: 'profile', insecure: profile.insecure };
  const counting = layers.map((layer) => (layer.source === 'config.yaml' ? (own ?? layer) : layer));
  const { source, ca, caFile, insecure = false } = first(counting, 'ca', 'caFile', 'insecure');
  return { value: { ca, caFile, insecure: insecure && (ca ?? caFile) === undefined }, source };
}

function pemList(ca: string | readonly string[] | undefined): readonly string[] | undefined {
  if (ca === undefined) return undefined;
  const list = Array.isArray(ca) ? ca : [ca];
  if (
    list.length === 0 ||
    !list.every((pem) => typeof pem === 'string' && pem.includes('-----BEGIN CERTIFICATE-----'))
  ) {
    throw new ConfigurationError('tls.ca contains no certificate in PEM. Pass the text, or its file as tls.caFile.');
  }
  return list;
}

function parseLogLevel({ name, value }: NamedValue<string>): LogLevel {
  const level = LOG_LEVELS.find((known) => known === value.toLowerCase());
  if (level !== undefined) return level;
  throw new ConfigurationError(`${name} is ${JSON.stringify(value)}. Use one of ${LOG_LEVELS.join(', ')}.`);
}

function nonEmpty(value: string | undefined, name: string): string | undefined {
  if (value === undefined) return undefined;
  if (value.trim() === '') throw new ConfigurationError(`The option ${name} is empty. Set it, or leave it out.`);
  return value.trim();
}

/** Parses a flag. The Python SDK takes any text for true; here words that clearly mean false are false. */
const anyWord = (value: string | undefined): boolean | undefined =>
  value === undefined ? undefined : !/^(0|false|no|off)$/i.test(value);

const expandHome = (path: string | undefined, home: string | undefined): string | undefined =>
  home !== undefined && (path === '~' || path?.startsWith('~/')) ? home + path.slice(1) : path;
