import { fromBase64 } from '../identity/index.js';

const SHORTEST = 4;

/**
 * Blacks out the secrets of a client wherever the network may have put them: servers and proxies quote what they were
 * sent in answers, redirects and error pages.
 */
export class Scrubber {
  readonly #secrets = new Set<string>();

  /** Texts of fewer than four characters are left: blacking those out would only tell where they occur. */
  learn(...secrets: readonly (string | undefined)[]): void {
    for (const secret of secrets) if (secret !== undefined && secret.length >= SHORTEST) this.#secrets.add(secret);
  }

  /** What an `Authorization` header holds: the whole value, the part after the scheme, and a password in it. */
  learnAuthorization(header: string): void {
    const [, scheme, credential] = /^(\S+)\s+(.*)$/.exec(header) ?? [];
    this.learn(header, credential);
    if (scheme?.toLowerCase() !== 'basic' || credential === undefined) return;
    const bytes = fromBase64(credential);
    // Not base64: somebody's own header, and nothing is in it then.
    if (bytes === undefined) return;
    const pair = new TextDecoder().decode(bytes);
    this.learn(pair, pair.slice(pair.indexOf(':') + 1));
  }

  scrub(text: string): string;
  scrub(text: string | undefined): string | undefined;
  scrub(text: string | undefined): string | undefined {
    if (text === undefined || this.#secrets.size === 0) return text;
    let clean = text;
    // The longest first, or a part of one would hide the rest of another.
    for (const secret of [...this.#secrets].sort((one, other) => other.length - one.length)) {
      for (const form of [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)]) {
        clean = clean.replaceAll(form, '***');
      }
    }
    return clean;
  }

  scrubAll<T extends Readonly<Record<string, string>>>(texts: T): Readonly<Record<string, string>> {
    return Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, this.scrub(text)]));
  }
}
