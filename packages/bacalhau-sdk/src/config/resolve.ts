import { ConfigurationError } from '../errors/index.js';
import { LOG_LEVELS, type LogLevel } from '../logging/index.js';
import { endpoint, fullUrl, parsePort } from './endpoint.js';

/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The settings that the environment can give as well. */
export interface ConfigInput {
  readonly baseUrl?: string | undefined;
  readonly host?: string | undefined;
  readonly port?: number | undefined;
  readonly https?: boolean | undefined;
  readonly namespace?: string | undefined;
  readonly dir?: string | undefined;
  readonly logLevel?: LogLevel | undefined;
}

/** Where a setting came from. */
export type Source = 'option' | 'environment' | 'default';

/** Settings with every question answered. */
export interface ResolvedConfig {
  /** Scheme, host and port, and a path where a gateway wants one; no slash at the end. */
  readonly baseUrl: string;
  readonly namespace: string | undefined;
  /** The directory of the key file; undefined where there is no home directory and none was named. */
  readonly dir: string | undefined;
  readonly logLevel: LogLevel;
  readonly sources: { readonly endpoint: Source; readonly dir: Source; readonly logLevel: Source };
}

interface Surroundings {
  readonly env: Environment;
  readonly homeDirectory: string | undefined;
}

/** Options, then the environment, then the defaults of the Bacalhau command line. Pure: it reads nothing by itself. */
export function resolveConfig(input: ConfigInput, { env, homeDirectory }: Surroundings): ResolvedConfig {
  const address = resolveAddress(input, env);
  const dir = resolveDir(input, env, homeDirectory);
  const logLevel = resolveLogLevel(input, env);
  return {
    baseUrl: address.value,
    namespace: nonEmpty(input.namespace, 'namespace'),
    dir: dir.value,
    logLevel: logLevel.value,
    sources: { endpoint: address.source, dir: dir.source, logLevel: logLevel.source },
  };
}

interface Sourced<T> {
  readonly value: T;
  readonly source: Source;
}

function resolveAddress(input: ConfigInput, env: Environment): Sourced<string> {
  const { baseUrl, host, port, https } = input;
  if (baseUrl !== undefined) {
    if (host !== undefined || port !== undefined || https !== undefined) {
      throw new ConfigurationError('Give either baseUrl or host, port and https, not both.');
    }
    return { value: fullUrl(baseUrl, 'baseUrl'), source: 'option' };
  }
  const fromEnv = {
    host: variable(env, 'BACALHAU_API_HOST'),
    port: variable(env, 'BACALHAU_API_PORT'),
    https: variable(env, 'BACALHAU_HTTPS'),
  };
  const value = endpoint({
    host: host === undefined ? named('BACALHAU_API_HOST', fromEnv.host) : named('host', nonEmpty(host, 'host')),
    port:
      port === undefined
        ? fromEnv.port === undefined
          ? undefined
          : parsePort(fromEnv.port, 'BACALHAU_API_PORT')
        : parsePort(port, 'port'),
    https: https ?? (fromEnv.https === undefined ? undefined : isOn(fromEnv.https)),
  });
  const source =
    (host ?? port ?? https) !== undefined
      ? 'option'
      : (fromEnv.host ?? fromEnv.port ?? fromEnv.https) !== undefined
        ? 'environment'
        : 'default';
  return { value, source };
}

function resolveDir(input: ConfigInput, env: Environment, home: string | undefined): Sourced<string | undefined> {
  const option = nonEmpty(input.dir, 'dir');
  if (option !== undefined) return { value: option, source: 'option' };
  const fromEnv = variable(env, 'BACALHAU_DIR');
  if (fromEnv !== undefined) return { value: expandHome(fromEnv, home), source: 'environment' };
  return { value: home === undefined ? undefined : `${home}/.bacalhau`, source: 'default' };
}

function resolveLogLevel(input: ConfigInput, env: Environment): Sourced<LogLevel> {
  if (input.logLevel !== undefined) return { value: parseLogLevel(input.logLevel, 'logLevel'), source: 'option' };
  const fromEnv = variable(env, 'BACALHAU_SDK_LOG');
  if (fromEnv !== undefined) return { value: parseLogLevel(fromEnv, 'BACALHAU_SDK_LOG'), source: 'environment' };
  return { value: 'warn', source: 'default' };
}

function parseLogLevel(text: string, name: string): LogLevel {
  const level = LOG_LEVELS.find((known) => known === text.toLowerCase());
  if (level === undefined)
    throw new ConfigurationError(`${name} is ${quote(text)}. Use one of ${LOG_LEVELS.join(', ')}.`);
  return level;
}

/** An empty variable counts as unset, as it does for the Bacalhau command line. */
function variable(env: Environment, name: string): string | undefined {
  const value = env[name]?.trim();
  return value === '' ? undefined : value;
}

function nonEmpty(value: string | undefined, name: string): string | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== 'string' || value.trim() === '') throw new ConfigurationError(`The option ${name} is empty.`);
  return value.trim();
}

const named = (name: string, value: string | undefined) => (value === undefined ? undefined : { name, value });

/** The Python SDK takes any text for yes; the words that plainly say no are heard here. */
const isOn = (value: string): boolean => !/^(0|false|no|off)$/i.test(value);

const expandHome = (path: string, home: string | undefined): string =>
  home !== undefined && (path === '~' || path.startsWith('~/')) ? home + path.slice(1) : path;

const quote = (text: string): string => JSON.stringify(text);
