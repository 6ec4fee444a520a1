import { ConfigurationError, UnsupportedRuntimeError } from '../errors/index.js';
import type { Logger } from '../logging/index.js';
import type { Files } from '../platform/platform.js';
import { Ed25519Identity } from './ed25519.js';
import { RsaIdentity } from './rsa.js';

const FILES = { rsa: 'user_id.pem', ed25519: 'user_id_ed25519.pem' } as const;

/** Which kinds of key a directory can hold. */
export type KeyType = keyof typeof FILES;

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
  ensure(): Promise<void> {
    const { files, logger } = this.#parts;
    if (files === undefined) return Promise.resolve();
    this.#ensured ??= this.#make(files, 'rsa').catch((error: unknown) => {
      logger.warn(`${error instanceof Error ? error.message : error} Going on without a key.`);
    });
    return this.#ensured;
  }

  rsa(): Promise<RsaIdentity> {
    return this.#load('rsa', (pem) => RsaIdentity.import(pem));
  }

  ed25519(): Promise<Ed25519Identity> {
    return this.#load('ed25519', (pem) => Ed25519Identity.import(pem));
  }

  async #load<T>(type: KeyType, parse: (pem: string) => Promise<T>): Promise<T> {
    const { files, allowReadableKeyFile } = this.#parts;
    if (files === undefined) {
      throw new UnsupportedRuntimeError(
        'There is no key file in this runtime, because it has no file system. Give the key as a text: RsaIdentity.import(pem), Ed25519Identity.import(pem).',
      );
    }
    await this.#make(files, type);
    const file = this.#file(files, type);
    if (!allowReadableKeyFile && (await files.openToOthers(file))) {
      throw new ConfigurationError(
        `The key file ${file} can be read or written by others than its owner. Run chmod 600 on it, or set the option allowReadableKeyFile.`,
      );
    }
    const pem = await files.read(file);
    const key = pem === undefined ? undefined : await parse(pem).catch(ignoreMalformed);
    if (key === undefined) {
      throw new ConfigurationError(
        `The key file ${file} holds no unencrypted ${type === 'rsa' ? 'RSA' : 'Ed25519'} private key. Move it away, and a new one is made, or set BACALHAU_DIR (or the option dir) to another directory.`,
      );
    }
    return key;
  }

  /** A file that exists is not read, and never replaced. */
  async #make(files: Files, type: KeyType): Promise<void> {
    const file = this.#file(files, type);
    if (await files.exists(file)) return;
    const key = type === 'rsa' ? await RsaIdentity.generate() : await Ed25519Identity.generate();
    await files.createSecret(file, await key.exportPrivateKey());
  }

  #file(files: Files, type: KeyType): string {
    const { dir } = this.#parts;
    if (dir === undefined) {
      throw new ConfigurationError(
        'There is no home directory for the key file. Set BACALHAU_DIR (or the option dir).',
      );
    }
    return files.join(dir, FILES[type]);
  }
}

function ignoreMalformed(error: unknown): undefined {
  if (!(error instanceof ConfigurationError)) throw error;
}
