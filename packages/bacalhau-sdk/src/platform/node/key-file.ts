import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPair,
  type KeyObject,
  randomBytes,
  sign,
} from 'node:crypto';
import { constants, copyFile, link, mkdir, open, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ConfigurationError } from '../../errors/index.js';
import type { Identity } from '../platform.js';

const KEY_FILE = 'user_id.pem';

/** Makes the directory and the key file unless there is one. A file that exists is not read, and never replaced. */
export async function ensureKeyFile(directory: string | undefined): Promise<void> {
  const file = keyFile(directory);
  try {
    if (await exists(file)) return;
    await mkdir(join(file, '..'), { recursive: true, mode: 0o700 });
    await publish(file, await generatePem());
  } catch (error) {
    throw new ConfigurationError(
      `Cannot make the key file ${file}: ${reason(error)}. Make its directory writable, or set BACALHAU_DIR (or the option dir) to one that is.`,
      { cause: error },
    );
  }
}

/** Reads the key file, making it first if need be. */
export async function loadIdentity(directory: string | undefined): Promise<Identity> {
  return identityOf(await loadKey(directory));
}

/** Signs with the key file: RSASSA-PKCS1-v1_5, which is what Node means by an RSA signature, with SHA-256. */
export async function signRsaSha256(directory: string | undefined, bytes: Uint8Array): Promise<Uint8Array> {
  return sign('sha256', bytes, await loadKey(directory));
}

async function loadKey(directory: string | undefined): Promise<KeyObject> {
  await ensureKeyFile(directory);
  const file = keyFile(directory);
  let pem: string;
  try {
    pem = await readFile(file, 'utf8');
  } catch (error) {
    throw new ConfigurationError(
      `Cannot read the key file ${file}: ${reason(error)}. Let this user read it, or set BACALHAU_DIR (or the option dir) to another directory.`,
      { cause: error },
    );
  }
  return rsaKey(pem, file);
}

function rsaKey(pem: string, file: string): KeyObject {
  let key: KeyObject | undefined;
  try {
    key = createPrivateKey(pem);
  } catch {
    // The parser's own message could quote the file, so it is not passed on.
  }
  if (key?.asymmetricKeyType !== 'rsa') {
    throw new ConfigurationError(
      `The key file ${file} holds no unencrypted RSA private key. Move it away, and a new one is made, or set BACALHAU_DIR (or the option dir) to another directory.`,
    );
  }
  return key;
}

function identityOf(key: KeyObject): Identity {
  const publicKey = createPublicKey(key);
  const { n } = publicKey.export({ format: 'jwk' });
  if (n === undefined) throw new ConfigurationError('The RSA key has no modulus.');
  return {
    // The server's definition: SHA-256 of the modulus as big-endian bytes, in hexadecimal.
    clientId: createHash('sha256').update(Buffer.from(n, 'base64url')).digest('hex'),
    publicKey: publicKey.export({ type: 'pkcs1', format: 'pem' }).toString(),
  };
}

/** RSA 2048 in PKCS#1, as the Bacalhau command line makes it. */
async function generatePem(): Promise<string> {
  const { privateKey } = await promisify(generateKeyPair)('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'pkcs1', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  });
  return privateKey;
}

/**
 * Gives the file its name only once it is complete, and only if nobody was faster: `link` fails where the name
 * exists, so of two processes that start at once both end up with the same key.
 */
async function publish(file: string, pem: string): Promise<void> {
  const draft = `${file}.${randomBytes(6).toString('hex')}.tmp`;
  const handle = await open(draft, 'wx', 0o600);
  try {
    try {
      await handle.writeFile(pem);
      await handle.sync();
    } finally {
      await handle.close();
    }
    try {
      await link(draft, file);
    } catch (error) {
      if (isCode(error, 'EEXIST')) return;
      // Some file systems have no hard links. This copy is still refused where the name exists.
      await copyFile(draft, file, constants.COPYFILE_EXCL).catch((failure: unknown) => {
        if (!isCode(failure, 'EEXIST')) throw failure;
      });
    }
  } finally {
    await rm(draft, { force: true });
  }
}

function keyFile(directory: string | undefined): string {
  if (directory === undefined) {
    throw new ConfigurationError('There is no home directory for the key file. Set BACALHAU_DIR (or the option dir).');
  }
  return join(directory, KEY_FILE);
}

async function exists(file: string): Promise<boolean> {
  try {
    await stat(file);
    return true;
  } catch (error) {
    if (isCode(error, 'ENOENT')) return false;
    throw error;
  }
}

const isCode = (error: unknown, code: string): boolean =>
  typeof error === 'object' && error !== null && 'code' in error && error.code === code;

const reason = (error: unknown): string => (error instanceof Error ? error.message : String(error));
