import type { Logger } from '../logging/index.js';
import type { Files } from '../platform/platform.js';
import type { Ed25519Identity } from './ed25519.js';
import { keys } from './late.js';
import type { RsaIdentity } from './rsa.js';

/** Which kinds of key a directory can hold. */
export type KeyType = 'rsa' | 'ed25519';

export interface IdentityStoreParts {
  /** Where the key files are; undefined where there is no home directory and none was named. */
  readonly dir: string | undefined;
  /** Absent where there is no file system. */
  readonly files: Files | undefined;
  readonly logger: Logger;
  /** Takes a key file that others can read. */
  readonly allowReadableKeyFile: boolean;
}

/** The keys of one directory: made at the first call or when asked for, loaded when something needs them. */
export class IdentityStore {
  readonly #parts: IdentityStoreParts;
  #ensured: Promise<void> | undefined;

  constructor(parts: IdentityStoreParts) {
    this.#parts = parts;
  }

  /**
   * Makes `user_id.pem` if it is missing, as the command line does. It never fails: most calls need no key, so a
   * directory that cannot be written costs one warning.
   */
  async ensure(): Promise<void> {
    if (this.#parts.files === undefined) return;
    this.#ensured ??= keys()
      .then(({ ensureKeyFile }) => ensureKeyFile(this.#parts))
      .catch((error: unknown) => {
        this.#parts.logger.warn(`${error instanceof Error ? error.message : error} Going on without a key.`);
      });
    await this.#ensured;
  }

  async rsa(): Promise<RsaIdentity> {
    return (await keys()).loadRsa(this.#parts);
  }

  async ed25519(): Promise<Ed25519Identity> {
    return (await keys()).loadEd25519(this.#parts);
  }
}
