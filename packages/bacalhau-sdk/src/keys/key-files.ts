import { ConfigurationError, UnsupportedRuntimeError } from '../errors/index.js';
import type { Files } from '../platform/platform.js';
import { Ed25519Identity } from './ed25519.js';
import type { IdentityStoreParts, KeyType } from './identity-store.js';
import { RsaIdentity } from './rsa.js';

const FILES = { rsa: 'user_id.pem', ed25519: 'user_id_ed25519.pem' } as const;

/** Makes `user_id.pem` if it is missing. */
export async function ensureKeyFile({ files, dir }: IdentityStoreParts): Promise<void> {
  if (files !== undefined) await makeKeyFile(files, dir, 'rsa');
}

/** Makes a key file if it is missing. One that exists is not read, and never replaced. */
async function makeKeyFile(files: Files, dir: string | undefined, type: KeyType): Promise<string> {
  if (dir === undefined) {
    throw new ConfigurationError('There is no home directory for the key file. Set BACALHAU_DIR (or the option dir).');
  }
  const file = files.join(dir, FILES[type]);
  if (!(await files.exists(file))) {
    const key = type === 'rsa' ? await RsaIdentity.generate() : await Ed25519Identity.generate();
    await files.createSecret(file, await key.exportPrivateKey());
  }
  return file;
}

export const loadRsa = (parts: IdentityStoreParts): Promise<RsaIdentity> =>
  loadKey(parts, 'rsa', (pem) => RsaIdentity.import(pem));

export const loadEd25519 = (parts: IdentityStoreParts): Promise<Ed25519Identity> =>
  loadKey(parts, 'ed25519', (pem) => Ed25519Identity.import(pem));

/** The key of a file, which is made if it is missing. */
async function loadKey<T>(
  { files, dir, allowReadableKeyFile }: IdentityStoreParts,
  type: KeyType,
  parse: (pem: string) => Promise<T>,
): Promise<T> {
  if (files === undefined) {
    throw new UnsupportedRuntimeError(
      'There is no key file in this runtime, because it has no file system. Give the key as a text: RsaIdentity.import(pem), Ed25519Identity.import(pem).',
    );
  }
  const file = await makeKeyFile(files, dir, type);
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

function ignoreMalformed(error: unknown): undefined {
  if (!(error instanceof ConfigurationError)) throw error;
}
