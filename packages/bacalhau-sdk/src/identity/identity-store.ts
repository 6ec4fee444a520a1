import { platform } from '#platform';
import type { Logger } from '../logging/index.js';
import type { Identity } from '../platform/platform.js';

/** The key of one client: made at its first call, loaded when something needs it. */
export class IdentityStore {
  readonly #directory: string | undefined;
  readonly #logger: Logger;
  #ensured: Promise<void> | undefined;

  constructor(directory: string | undefined, logger: Logger) {
    this.#directory = directory;
    this.#logger = logger;
  }

  /**
   * Makes the key file if it is missing. It never fails: most calls need no key, so a directory that cannot be
   * written costs one warning.
   */
  ensure(): Promise<void> {
    this.#ensured ??= platform.ensureKeyFile(this.#directory).catch((error: unknown) => {
      this.#logger.warn(`${error instanceof Error ? error.message : error} Going on without a key.`);
    });
    return this.#ensured;
  }

  load(): Promise<Identity> {
    return platform.loadIdentity(this.#directory);
  }

  /** Signs with the key: RSASSA-PKCS1-v1_5 with SHA-256. */
  sign(bytes: Uint8Array): Promise<Uint8Array> {
    return platform.signRsaSha256(this.#directory, bytes);
  }
}
