import type { Secret } from '../../redaction/index.js';
import { bearerHeader } from '../bearer.js';
import type { AuthKind, AuthMethod, LoginContext, OpenLoginContext } from '../method.js';
import type { TokenFile, TokenStore } from './token-store.js';

export interface StoredTokenParts {
  readonly kind: AuthKind;
  readonly store: TokenStore;
  readonly file: TokenFile;
  /** Gets a token from the orchestrator or its provider. */
  readonly obtain: (context: LoginContext) => Promise<string>;
}

/**
 * Implements what all logins share: a token from an earlier run is used as long as the server accepts it. Tokens are not
 * parsed: servers write their times in microseconds, so only a 401 shows that one has expired.
 */
export function storedToken({ kind, store, file, obtain }: StoredTokenParts): AuthMethod {
  let current: Secret | undefined;
  let pending: Promise<Secret> | undefined;

  const stored = async (): Promise<Secret | undefined> => {
    const token = await store.read(file);
    return token && bearerHeader(token.reveal(), `The token in ${file}`);
  };

  /** Logs in once for all concurrent calls. */
  const logIn = (open: OpenLoginContext): Promise<Secret> => {
    pending ??= (async () => {
      const token = await obtain(await open());
      const header = bearerHeader(token, 'The token that the login returned');
      await store.write(file, header.reveal().slice('Bearer '.length));
      current = header;
      return header;
    })().finally(() => {
      pending = undefined;
    });
    return pending;
  };

  return {
    kind,
    async authorization(open) {
      current ??= await stored();
      return current ?? logIn(open);
    },
    async renew(refused, open) {
      if (current !== undefined && current.reveal() !== refused?.reveal()) return true;
      // Another process may have logged in since.
      const other = await stored();
      if (other !== undefined && other.reveal() !== refused?.reveal()) current = other;
      else await logIn(open);
      return true;
    },
    async login(open) {
      await logIn(open);
    },
  };
}
