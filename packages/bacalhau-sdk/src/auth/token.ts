import { ConfigurationError } from '../errors/index.js';
import type { Secret } from '../redaction/index.js';
import { bearerHeader } from './bearer.js';
import type { AuthMethod } from './method.js';
import type { TokenSource } from './options.js';

/** Sends a bearer token that the application has, for example from single sign-on. */
export const token = (source: TokenSource): AuthMethod => fromSource('token', 'auth.token', source);

/** Sends an API key as a bearer token, for servers with users, 1.7 and later. */
export const apiKey = (source: TokenSource): AuthMethod => fromSource('api-key', 'auth.apiKey', source);

function fromSource(kind: 'token' | 'api-key', name: string, source: TokenSource): AuthMethod {
  if (typeof source !== 'function') {
    const header = bearerHeader(source, name);
    return { kind, authorization: async () => header, renew: async () => false, login: async () => undefined };
  }
  let current: Promise<Secret> | undefined;
  const request = (): Promise<Secret> => {
    const requested = callSource(name, source).then((value) => bearerHeader(value, name));
    // A function that fails is called again by the next call.
    requested.catch(() => {
      if (current === requested) current = undefined;
    });
    current = requested;
    return requested;
  };
  return {
    kind,
    authorization: () => current ?? request(),
    async renew(refused) {
      // Of calls that were refused together, the first requests a new token for all.
      if ((await current) === refused) await request();
      return (await current)?.reveal() !== refused?.reveal();
    },
    async login() {
      await request();
    },
  };
}

/** Calls the application's function. Its error becomes the cause, and is not quoted in the message. */
async function callSource(name: string, source: () => string | Promise<string>): Promise<string> {
  try {
    return await source();
  } catch (error) {
    throw new ConfigurationError(`The function ${name} failed; see the cause.`, { cause: error });
  }
}
