import { checkNames, checkType } from '../config/index.js';
import { ConfigurationError } from '../errors/index.js';
import { isRecord } from '../util/index.js';
import type { AuthOptions } from './options.js';

const METHODS = ['apiKey', 'username', 'token', 'challenge', 'ask', 'device'] as const;
const COMPANIONS: Readonly<Record<string, readonly string[]>> = { username: ['password'], ask: ['method'] };
const NAMES = [...METHODS, 'password', 'method'];
const CHALLENGE_NAMES = ['key', 'method'];

/**
 * Checks the option `auth`: exactly one method, known names, the right types. Without I/O, for constructors.
 *
 * @throws {ConfigurationError} which never quotes a value.
 */
export function checkAuth(options: AuthOptions | undefined): void {
  if (options === undefined || options === false) return;
  if (!isRecord(options)) {
    throw new ConfigurationError(`The option auth must be an object, or false. Set one of ${METHODS.join(', ')}.`);
  }
  const given = Object.entries(options).flatMap(([name, value]) => (value === undefined ? [] : [name]));
  checkNames('auth', Object.fromEntries(given.map((name) => [name, true])), NAMES);
  const method = METHODS.find((name) => given.includes(name));
  if (method === undefined) {
    throw new ConfigurationError(`The option auth names no method. Set one of ${METHODS.join(', ')}.`);
  }
  const stray = given.find((name) => name !== method && !COMPANIONS[method]?.includes(name));
  if (stray !== undefined) {
    throw new ConfigurationError(`auth.${stray} cannot be combined with auth.${method}. Leave one out.`);
  }
  if (method === 'username' && !given.includes('password')) {
    throw new ConfigurationError('auth.username is set, but not auth.password. Set both.');
  }
  checkTypes(options);
}

function checkTypes(options: Readonly<Record<string, unknown>>): void {
  const { apiKey, token, username, password, method, ask, device, challenge } = options;
  for (const [name, value] of Object.entries({ apiKey, token })) {
    checkType(
      `auth.${name}`,
      value,
      typeof value === 'string' || typeof value === 'function',
      'a string or a function',
    );
  }
  for (const [name, value] of Object.entries({ username, password, method })) {
    checkType(`auth.${name}`, value, typeof value === 'string', 'a string');
  }
  for (const [name, value] of Object.entries({ ask, device })) {
    checkType(`auth.${name}`, value, typeof value === 'function', 'a function');
  }
  checkType(
    'auth.challenge',
    challenge,
    challenge === true || isRecord(challenge),
    'true, or an object with key or method',
  );
  if (!isRecord(challenge)) return;
  checkNames('auth.challenge', challenge, CHALLENGE_NAMES);
  const { key, method: login } = challenge;
  checkType('auth.challenge.key', key, isRsaIdentity(key), 'an RsaIdentity');
  checkType('auth.challenge.method', login, typeof login === 'string', 'a string');
}

/** Recognizes an `RsaIdentity`, not by `instanceof`: the ESM and the CommonJS copy of this package each have the class. */
const isRsaIdentity = (key: unknown): boolean =>
  typeof key === 'object' && key !== null && 'sign' in key && 'exportPublicKeyDer' in key;
