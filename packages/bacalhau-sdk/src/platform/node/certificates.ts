import { X509Certificate } from 'node:crypto';
import tls from 'node:tls';
import { ConfigurationError } from '../../errors/index.js';
import { readText } from './files.js';
import type { ServerTls } from './tunnel.js';

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g;

/**
 * Reads the certificates of authorities from a PEM file.
 *
 * @throws {ConfigurationError} if the file is missing or contains none.
 */
export async function readCertificates(file: string): Promise<string> {
  const pem = await readText(file, { advice: 'Check BACALHAU_API_TLS_CAFILE, or the option tls.caFile.' });
  if (pem === undefined) {
    throw new ConfigurationError(`The file of the certificate authority, ${file}, does not exist.`);
  }
  if (!pem.includes('-----BEGIN CERTIFICATE-----')) {
    throw new ConfigurationError(`The file ${file} contains no certificate in PEM.`);
  }
  return pem;
}

/** Returns the options of `node:tls` that verify a server's certificate as configured. */
export function tlsOptions(ca: readonly string[] | undefined, insecure: boolean): ServerTls {
  if (insecure) return { rejectUnauthorized: false };
  if (ca === undefined) return {};
  try {
    // OpenSSL ignores what it cannot read.
    for (const pem of ca) for (const [block] of pem.matchAll(CERTIFICATE)) new X509Certificate(block);
    // Node's `ca` replaces the authorities that it trusts by default, so these are listed as well.
    return { secureContext: tls.createSecureContext({ ca: [...trustedByDefault(), ...ca] }) };
  } catch (error) {
    throw new ConfigurationError(
      `The certificate authority cannot be used: ${error instanceof Error ? error.message : error}. Pass certificates in PEM.`,
      { cause: error },
    );
  }
}

/**
 * Returns the authorities that Node trusts. Newer versions list all of them, including those of `NODE_EXTRA_CA_CERTS` and,
 * with `--use-system-ca`, the system's too.
 */
function trustedByDefault(): readonly string[] {
  if ('getCACertificates' in tls && typeof tls.getCACertificates === 'function') {
    const list: unknown = tls.getCACertificates('default');
    if (Array.isArray(list)) return list.filter((pem) => typeof pem === 'string');
  }
  return tls.rootCertificates;
}
