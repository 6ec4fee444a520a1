import { ConfigurationError } from '../errors/index.js';

/** Environment variables by name. */
export type EnvironmentVariables = Readonly<Record<string, string | undefined>>;

/** An empty variable counts as unset, and space around a value is dropped, as the Bacalhau command line does it. */
export function variable(env: EnvironmentVariables, name: string): string | undefined {
  const value = env[name]?.trim();
  return value === '' ? undefined : value;
}

/** A variable that is on or off. Other words are refused: which of the two they meant would be a guess. */
export function flag(env: EnvironmentVariables, name: string): boolean | undefined {
  const value = variable(env, name);
  return value === undefined ? undefined : parseFlag(value, name);
}

export function parseFlag(value: string | boolean, name: string): boolean {
  if (typeof value === 'boolean') return value;
  if (/^(1|t|true|yes|on)$/i.test(value)) return true;
  if (/^(0|f|false|no|off)$/i.test(value)) return false;
  throw new ConfigurationError(`${name} is ${JSON.stringify(value)}. Set it to true or false.`);
}
