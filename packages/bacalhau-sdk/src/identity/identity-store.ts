import { ConfigurationError, UnsupportedRuntimeError } from '../errors/index.js';
import { Ed25519Identity, RsaIdentity } from '../keys/index.js';
import type { Logger } from '../logging/index.js';
import type { KeyFiles } from '../platform/index.js';

export interface IdentityStoreParts {
  /** The directory of the key files; undefined where there is no home directory and none was configured. */
  readonly dir: string | undefined;
  /** Undefined where there is no file system. */
  readonly keyFiles: KeyFiles | undefined;
  readonly logger: Logger;
  /** Accepts a key file that others can read. */
  readonly allowReadableKeyFile: boolean;
}

interface KeyKind<T> {
  readonly fileName: string;
  /** For messages. */
  readonly title: string;
  generate(): Promise<{ exportPrivateKey(): Promise<string> }>;
  parse(pem: string): Promise<T>;
}

const RSA: KeyKind<RsaIdentity> = {
  fileName: 'user_id.pem',
  title: 'RSA',
  generate: () => RsaIdentity.generate(),
  parse: (pem) => RsaIdentity.import(pem),
};
const ED25519: KeyKind<Ed25519Identity> = {
  fileName: 'user_id_ed25519.pem',
  title: 'Ed25519',
  generate: () => Ed25519Identity.generate(),
  parse: (pem) => Ed25519Identity.import(pem),
};

/** The keys of one directory: generated at the first call or when asked for, read when something needs them. */
export class IdentityStore {
  readonly #parts: IdentityStoreParts;
  #ensured: Promise<void> | undefined;

  constructor(parts: IdentityStoreParts) {
    this.#parts = parts;
  }

  /**
   * Creates `user_id.pem` if it is missing, as the command line does. Never rejects: most calls need no key, so a
   * directory that cannot be written to costs one warning.
   */
  async ensure(): Promise<void> {
    const { keyFiles, logger } = this.#parts;
    if (keyFiles === undefined) return;
    this.#ensured ??= this.#ensureFile(keyFiles, RSA).then(
      () => undefined,
      (error: unknown) => logger.warn(`${error instanceof Error ? error.message : error} Continuing without a key.`),
    );
    await this.#ensured;
  }

  rsa(): Promise<RsaIdentity> {
    return this.#load(RSA);
  }

  ed25519(): Promise<Ed25519Identity> {
    return this.#load(ED25519);
  }

  /** Creates a key file if it is missing. An existing one is neither read nor replaced. */
  async #ensureFile(keyFiles: KeyFiles, { fileName, generate }: KeyKind<unknown>): Promise<string> {
    const { dir } = this.#parts;
    if (dir === undefined) {
      throw new ConfigurationError('There is no home directory for the key file. Set BACALHAU_DIR, or the option dir.');
    }
    return keyFiles.ensure(dir, fileName, async () => (await generate()).exportPrivateKey());
  }

  async #load<T>(kind: KeyKind<T>): Promise<T> {
    const { keyFiles, allowReadableKeyFile } = this.#parts;
    if (keyFiles === undefined) {
      throw new UnsupportedRuntimeError(
        'There is no key file in this runtime, because it has no file system. Pass the key as PEM: RsaIdentity.import(pem), Ed25519Identity.import(pem).',
      );
    }
    const file = await this.#ensureFile(keyFiles, kind);
    const pem = await keyFiles.read(file, { allowReadable: allowReadableKeyFile });
    const key = pem === undefined ? undefined : await kind.parse(pem).catch(ignoreMalformed);
    if (key !== undefined) return key;
    throw new ConfigurationError(
      `The key file ${file} contains no unencrypted ${kind.title} private key. Move it away to have a new one created, or set BACALHAU_DIR (or the option dir) to another directory.`,
    );
  }
}

function ignoreMalformed(error: unknown): undefined {
  if (!(error instanceof ConfigurationError)) throw error;
}
