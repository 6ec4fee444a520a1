import { parseDictionary } from 'structured-headers';
import { concat, subtle } from '../keys/index.js';
import { base64 } from '../util/index.js';

const HASHES: Readonly<Record<string, string>> = { 'sha-256': 'SHA-256', 'sha-512': 'SHA-512' };

/** Returns the header `Content-Digest` (RFC 9530) of a body. */
export async function contentDigest(body: Uint8Array): Promise<string> {
  return `sha-256=:${base64(await hash('SHA-256', body))}:`;
}

/**
 * Returns whether a body is the one that the header describes: by every known algorithm in it, and at least one (RFC 9530,
 * 6.6 lists them; the old ones prove nothing).
 */
export async function digestMatches(header: string, body: Uint8Array): Promise<boolean> {
  const known = [...parseDictionary(header)].filter(([name]) => Object.hasOwn(HASHES, name));
  for (const [name, [value]] of known) {
    const expected = await hash(HASHES[name] ?? '', body);
    if (!(value instanceof ArrayBuffer) || base64(new Uint8Array(value)) !== base64(expected)) return false;
  }
  return known.length > 0;
}

async function hash(algorithm: string, data: Uint8Array): Promise<Uint8Array> {
  return new Uint8Array(await subtle().digest(algorithm, concat(data)));
}
