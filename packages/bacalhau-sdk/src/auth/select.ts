import { ConfigurationError, LoginError } from '../errors/index.js';
import { load } from '../util/index.js';
import type { AuthMethod } from './method.js';
import { none } from './none.js';
import type { AuthOptions } from './options.js';
import type { SelectParts } from './select-parts.js';

const METHODS = ['apiKey', 'username', 'token', 'challenge', 'ask', 'device'] as const;
const list = METHODS.join(', ');
const COMPANIONS: Readonly<Record<string, readonly string[]>> = { username: ['password'], ask: ['method'] };

/**
 * Refuses what is no method, and more than one. Without I/O, for constructors.
 *
 * @throws {ConfigurationError} which never quotes a value.
 */
export function checkAuth(options: AuthOptions | undefined): void {
  if (options === undefined || options === false) return;
  if (typeof options !== 'object' || options === null) {
    throw new ConfigurationError(`The option auth is no object. Give one of ${list}.`);
  }
  const given = Object.entries(options).flatMap(([name, value]) => (value === undefined ? [] : [name]));
  const method = METHODS.find((name) => given.includes(name));
  if (method === undefined) throw new ConfigurationError(`The option auth names no method. Give one of ${list}.`);
  const stray = given.find((name) => name !== method && !COMPANIONS[method]?.includes(name));
  if (stray !== undefined)
    throw new ConfigurationError(`auth.${stray} does not belong to auth.${method}. Leave one out.`);
  if (method === 'username' && !given.includes('password')) {
    throw new ConfigurationError('auth.username is given, but not auth.password. Give both.');
  }
}

/** The method that the option names, else that of the environment or the profile, else what earlier logins left. */
export async function selectAuth(parts: SelectParts): Promise<AuthMethod> {
  const { options, credentials, key } = parts;
  checkAuth(options);
  if (options === undefined && credentials === undefined && key === undefined) return keyless();
  const { methodOf } = await load(import('./methods.js'));
  return methodOf(parts);
}

/** Where there are neither keys nor tokens of earlier logins, and nothing is set. */
const keyless = (): AuthMethod => ({
  ...none(),
  kind: 'automatic',
  login: () => Promise.reject(new LoginError('There is no key in this runtime. Set the option auth.')),
});
