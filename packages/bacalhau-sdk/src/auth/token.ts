import { ConfigurationError } from '../errors/index.js';
import type { Secret } from '../redaction/index.js';
import { bearerHeader, type TokenSource } from './bearer.js';
import type { AuthMethod } from './method.js';

/** A bearer token that the application has, for example from single sign-on. */
export const token = (source: TokenSource): AuthMethod => given('token', 'auth.token', source);

/** An API key, for servers with users, 1.7 and later. It is sent as a bearer token. */
export const apiKey = (source: TokenSource): AuthMethod => given('api-key', 'auth.apiKey', source);

function given(kind: 'token' | 'api-key', name: string, source: TokenSource): AuthMethod {
  if (typeof source !== 'function') {
    const header = bearerHeader(source, name);
    return { kind, authorization: async () => header, renew: async () => false, login: async () => undefined };
  }
  let current: Promise<Secret> | undefined;
  const ask = (): Promise<Secret> => {
    const asked = callBack(name, source).then((value) => bearerHeader(value, name));
    // A function that fails is asked again by the next call.
    asked.catch(() => {
      if (current === asked) current = undefined;
    });
    current = asked;
    return asked;
  };
  return {
    kind,
    authorization: () => current ?? ask(),
    async renew(refused) {
      // Of many calls that were refused together, the first asks for all.
      if ((await current) === refused) await ask();
      return (await current)?.reveal() !== refused?.reveal();
    },
    async login() {
      await ask();
    },
  };
}

/** What the function throws is its own affair and passed on as the cause, not into the message. */
async function callBack(name: string, source: () => string | Promise<string>): Promise<string> {
  try {
    return await source();
  } catch (error) {
    throw new ConfigurationError(`The function ${name} failed; see the cause.`, { cause: error });
  }
}
