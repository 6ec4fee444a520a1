import { ConfigurationError } from '../errors/index.js';
import { LOG_LEVELS, type LogLevel } from '../logging/index.js';
import { type Credentials, environmentCredentials } from './credentials.js';
import { endpoint, fullUrl, parsePort } from './endpoint.js';
import { type EnvironmentVariables, flag, variable } from './environment.js';
import type { FileSettings, Profile } from './files.js';
import { type Layer, type Named, named } from './layer.js';
import { parseProxy } from './parse-proxy.js';
import { profileChoice } from './profile-choice.js';

/** The settings that the environment or a file can give as well. */
export interface ConfigInput {
  readonly baseUrl?: string | undefined;
  readonly host?: string | undefined;
  readonly port?: number | undefined;
  readonly https?: boolean | undefined;
  readonly namespace?: string | undefined;
  readonly dir?: string | undefined;
  readonly profile?: string | undefined;
  readonly tls?: TlsOptions | undefined;
  readonly proxy?: string | false | undefined;
  readonly logLevel?: LogLevel | undefined;
}

/** How a server's certificate is checked. Not for browsers, which do that by themselves. */
export interface TlsOptions {
  /** Certificates of authorities, PEM, trusted beside those that the runtime trusts. Excludes `caFile`. */
  readonly ca?: string | readonly string[] | undefined;
  /** A PEM file of such certificates. */
  readonly caFile?: string | undefined;
  /** Takes any certificate, so that anybody in between can read and change what is sent. Default: false. */
  readonly insecure?: boolean | undefined;
}

/** Where a setting came from; `config.yaml` and profiles are those of the Bacalhau command line. */
export type ConfigSource = 'option' | 'environment' | 'profile' | 'config.yaml' | 'default';

/** Settings with every question answered; nothing in it is secret. */
export interface ResolvedConfig {
  /** Scheme, host and port, and a path where a gateway wants one; no slash at the end. */
  readonly baseUrl: string;
  /** The namespace of calls that name none; undefined for the server's own, `default`. */
  readonly namespace: string | undefined;
  /** The directory of keys, tokens and profiles; undefined where there is no home directory and none was named. */
  readonly dir: string | undefined;
  /** The profile that the address came from. */
  readonly profile: string | undefined;
  /** How the server's certificate is checked. */
  readonly tls: ResolvedTls;
  /** What is logged. */
  readonly logLevel: LogLevel;
  /** Where each came from. */
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

/** How a server's certificate is checked, with every question answered. */
export interface ResolvedTls {
  /** PEM texts of authorities that are trusted beside those of the runtime. */
  readonly ca: readonly string[] | undefined;
  /** The PEM file of such authorities. */
  readonly caFile: string | undefined;
  /** Whether any certificate is taken. */
  readonly insecure: boolean;
}

/** What is resolved: the settings, and apart from them what is secret. */
export interface Resolution {
  readonly config: ResolvedConfig;
  /** Who is calling, as far as the environment or the profile says. */
  readonly credentials: Credentials | undefined;
  /** Whether a profile would count: not if options or environment name another address. */
  readonly wantsProfile: boolean;
}

export interface ConfigContext {
  readonly env: EnvironmentVariables;
  readonly homeDirectory: string | undefined;
  /** What the files say; left out while they are not read yet. */
  readonly files?: FileSettings | undefined;
}

/**
 * Options, then the environment, then the selected profile, then `config.yaml`, then the defaults of the Bacalhau
 * command line. Pure: it reads nothing by itself, so the same input always gives the same result.
 *
 * A profile is an address with what belongs to it. It counts as a whole or not at all: not if options or environment
 * name a host or a port. One that the option `profile` names stands among the options, above the environment.
 *
 * @throws {ConfigurationError} naming the option, variable or file that is malformed, or the two that contradict each other.
 */
export function resolveConfig(input: ConfigInput, { env, homeDirectory, files = {} }: ConfigContext): Resolution {
  checkKinds(input);
  const choice = profileChoice(input.profile, env);
  const ownCredentials = environmentCredentials(env);
  const layers = [
    fromOptions(input),
    fromEnvironment(env, homeDirectory),
    files.config ?? ({ source: 'config.yaml' } as const),
    byDefault(homeDirectory),
  ];
  if (typeof input.proxy === 'string') parseProxy(input.proxy, 'The option proxy');
  const author = namesEndpoint(input, env, choice?.source === 'option');
  if (author === 'option' && choice?.source === 'option') {
    throw new ConfigurationError('Give either profile or baseUrl, host, port and https, not both.');
  }
  const profile = author === undefined ? files.profile : undefined;
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
    wantsProfile: author === undefined,
  };
}

/**
 * Plain JavaScript can pass anything. Switches are looked at closely: the text `"false"` is no false, and would turn off
 * the check of certificates.
 */
function checkKinds({ baseUrl, https, profile, proxy, tls, logLevel }: ConfigInput): void {
  for (const [name, value] of Object.entries({ baseUrl, profile, logLevel })) {
    checkKind(name, value, typeof value === 'string', 'Give a text.');
  }
  const isProxy = proxy === false || typeof proxy === 'string';
  checkKind('proxy', proxy, isProxy, 'Give an address as text, or false for none.');
  checkKind('tls', tls, typeof tls === 'object' && tls !== null, 'Give an object with ca, caFile or insecure.');
  for (const [name, value] of Object.entries({ https, 'tls.insecure': tls?.insecure })) {
    checkKind(name, value, typeof value === 'boolean', 'Set it to true or false.');
  }
}

function checkKind(name: string, value: unknown, fits: boolean, advice: string): void {
  if (value === undefined || fits) return;
  throw new ConfigurationError(
    `The option ${name} is ${value === null ? 'null' : `of type ${typeof value}`}. ${advice}`,
  );
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
    throw new ConfigurationError('Give either tls.ca or tls.caFile, not both.');
  }
  if (insecure === true && (ca ?? caFile) !== undefined) {
    throw new ConfigurationError('Give either tls.insecure or a certificate authority, not both.');
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
  const read = (name: string): Named<string> | undefined => named(name, variable(env, name));
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

/** The first layer that says something of a setting; one that says nothing if none does. */
const first = (layers: readonly Layer[], ...settings: readonly (keyof Layer)[]): Layer =>
  layers.find((layer) => settings.some((setting) => layer[setting] !== undefined)) ?? { source: 'default' };

/**
 * Who names an address, if anybody does before the profile. With the command line a host or a port does, and the
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
  profile: Profile | undefined,
): Sourced<string> {
  if (baseUrl !== undefined) {
    if ((host ?? port ?? https) !== undefined) {
      throw new ConfigurationError('Give either baseUrl or host, port and https, not both.');
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

/** As with the command line a CA's file wins over `insecure`: who names an authority wants it asked. */
function resolveTls(layers: readonly Layer[], profile: Profile | undefined): Sourced<ResolvedTls> {
  // A profile brings its own; what config.yaml says is about another address.
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
    throw new ConfigurationError('tls.ca holds no certificate in PEM. Give the text, or its file as tls.caFile.');
  }
  return list;
}

function parseLogLevel({ name, value }: Named<string>): LogLevel {
  const level = LOG_LEVELS.find((known) => known === value.toLowerCase());
  if (level !== undefined) return level;
  throw new ConfigurationError(`${name} is ${JSON.stringify(value)}. Use one of ${LOG_LEVELS.join(', ')}.`);
}

function nonEmpty(value: string | undefined, name: string): string | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== 'string' || value.trim() === '') throw new ConfigurationError(`The option ${name} is empty.`);
  return value.trim();
}

/** The Python SDK takes any text for yes; the words that plainly say no are heard here. */
const anyWord = (value: string | undefined): boolean | undefined =>
  value === undefined ? undefined : !/^(0|false|no|off)$/i.test(value);

const expandHome = (path: string | undefined, home: string | undefined): string | undefined =>
  home !== undefined && (path === '~' || path?.startsWith('~/')) ? home + path.slice(1) : path;
