import type { Credentials } from '../config/index.js';
import type { RsaIdentity } from '../keys/index.js';
import type { AuthOptions } from './options.js';
import type { TokenStoreParts } from './token-store.js';

/** What decides by which method the client says who it is. */
export interface SelectParts {
  readonly options: AuthOptions | undefined;
  readonly credentials: Credentials | undefined;
  /** Where tokens of logins are kept. */
  readonly store: TokenStoreParts;
  /** The key of `user_id.pem`; absent where there is no file system. */
  readonly key: (() => Promise<RsaIdentity>) | undefined;
}
