import type { Secret } from '../redaction/index.js';
import { bearerHeader } from './bearer.js';
import type { AuthKind, AuthMethod, LoginAccess, LoginContext } from './method.js';
import type { TokenFile, TokenStore } from './token-store.js';

export interface StoredTokenParts {
  readonly kind: AuthKind;
  readonly store: TokenStore;
  readonly file: TokenFile;
  /** Gets a token from the orchestrator or its provider. */
  readonly obtain: (context: LoginContext) => Promise<string>;
}

/**
 * What all logins have in common: a token from an earlier run is used as long as the server takes it. Nothing is read
 * out of a token: servers write its times in microseconds, so only their 401 says that it has expired.
 */
export function storedToken({ kind, store, file, obtain }: StoredTokenParts): AuthMethod {
  let current: Secret | undefined;
  let underWay: Promise<Secret> | undefined;

  const stored = async (): Promise<Secret | undefined> => {
    const token = await store.read(file);
    return token && bearerHeader(token.reveal(), `The token in ${file}`);
  };

  /** Many calls at once log in once. */
  const logIn = (access: LoginAccess): Promise<Secret> => {
    underWay ??= (async () => {
      const token = await obtain(await access());
      const header = bearerHeader(token, 'The token of the login');
      await store.write(file, header.reveal().slice('Bearer '.length));
      current = header;
      return header;
    })().finally(() => {
      underWay = undefined;
    });
    return underWay;
  };

  return {
    kind,
    async authorization(access) {
      current ??= await stored();
      return current ?? logIn(access);
    },
    async renew(refused, access) {
      if (current !== undefined && current.reveal() !== refused?.reveal()) return true;
      // Another process may have logged in since.
      const other = await stored();
      if (other !== undefined && other.reveal() !== refused?.reveal()) current = other;
      else await logIn(access);
      return true;
    },
    async login(access) {
      await logIn(access);
    },
  };
}
