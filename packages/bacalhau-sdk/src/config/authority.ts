import { ConfigurationError, UnsupportedRuntimeError } from '../errors/index.js';
import type { Logger } from '../logging/index.js';
import type { Files } from '../platform/platform.js';
import type { ResolvedConfig } from './resolve.js';

/** The authorities that are trusted beside the runtime's, read from their file if need be. Warns where anybody is. */
export async function trustedAuthorities(
  { tls, baseUrl, sources }: ResolvedConfig,
  files: Files | undefined,
  logger: Logger,
): Promise<readonly string[] | undefined> {
  if (tls.insecure && baseUrl.startsWith('https:')) {
    logger.warn(
      `Certificates are not checked (${sources.tls}): anybody in between can read and change what is sent to ${baseUrl}.`,
    );
  }
  return tls.caFile === undefined ? tls.ca : [await readAuthority(tls.caFile, files)];
}

/** The certificates of authorities, PEM, in a file. */
async function readAuthority(file: string, files: Files | undefined): Promise<string> {
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
