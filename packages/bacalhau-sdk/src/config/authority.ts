import { ConfigurationError, UnsupportedRuntimeError } from '../errors/index.js';
import type { Files } from '../platform/platform.js';

/** The certificates of authorities, PEM, in a file. */
export async function readAuthority(file: string, files: Files | undefined): Promise<string> {
  if (files === undefined) {
    throw new UnsupportedRuntimeError('There is no tls.caFile in this runtime, because it has no file system.');
  }
  const pem = await files.read(file);
  if (pem === undefined) {
    throw new ConfigurationError(`The file of the certificate authority, ${file}, does not exist.`);
  }
  if (!pem.includes('-----BEGIN CERTIFICATE-----')) {
    throw new ConfigurationError(`${file} holds no certificate in PEM.`);
  }
  return pem;
}
