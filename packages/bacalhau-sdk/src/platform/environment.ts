import { ConfigurationError } from '../errors/index.js';

/** Environment variables by name. */
export type EnvironmentVariables = Readonly<Record<string, string | undefined>>;

/** Reads a variable. An empty one counts as unset, and surrounding space is dropped, as the Bacalhau command line does. */
export function variable(env: EnvironmentVariables, name: string): string | undefined {
  const value = env[name]?.trim();
  return value === '' ? undefined : value;
}

/** Reads a variable that is true or false. Other words are refused: their meaning would be a guess. */
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
