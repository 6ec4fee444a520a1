import { type Bytes, base64, fromBase64 } from '../util/index.js';

export interface PemBlock {
  /** For example `RSA PRIVATE KEY`. */
  readonly label: string;
  readonly der: Bytes;
}

/** Reads the first block of PEM text (RFC 7468); undefined if there is none, or if it is encrypted. */
export function parsePem(text: string): PemBlock | undefined {
  const match = /-----BEGIN ([A-Z0-9 ]+)-----([\s\S]*?)-----END \1-----/.exec(text);
  const [, label, body] = match ?? [];
  if (label === undefined || body === undefined || body.includes(':')) return undefined;
  const der = fromBase64(body.replace(/\s+/g, ''));
  return der && { label, der };
}

export function formatPem({ label, der }: PemBlock): string {
  const lines = base64(der).match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}
