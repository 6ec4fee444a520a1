import type { Headers } from '../http/index.js';
import { fromBase64 } from '../util/index.js';
import type { Secrets } from './secrets.js';

const SHORTEST = 4;

/**
 * Blacks out the secrets of a client wherever the network may have put them: servers and proxies quote what they were
 * sent in answers, redirects and error pages.
 */
export function redact(text: string, secrets: Secrets): string;
export function redact(text: string | undefined, secrets: Secrets): string | undefined;
export function redact(text: string | undefined, secrets: Secrets): string | undefined {
  return text === undefined ? undefined : blackOut(text, formsOf(secrets));
}

export function redactAll(texts: Headers, secrets: Secrets): Headers {
  const forms = formsOf(secrets);
  return Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, blackOut(text, forms)]));
}

const blackOut = (text: string, forms: readonly string[]): string =>
  forms.reduce((clean, form) => clean.replaceAll(form, '***'), text);

/** Secrets as they stand in texts, URLs and JSON. */
const formsOf = ({ texts, authorizations }: Secrets): readonly string[] =>
  [...texts, ...[...authorizations].flatMap(partsOf)]
    // Blacking out shorter ones would only tell where they occur.
    .filter(({ length }) => length >= SHORTEST)
    // The longest first, or a part of one would hide the rest of another.
    .sort((one, other) => other.length - one.length)
    .flatMap((secret) => [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)]);

/** What an `Authorization` header holds: the whole value, the part after the scheme, and a password in it. */
function partsOf(header: string): string[] {
  const [, scheme, credential] = /^(\S+)\s+(.*)$/.exec(header) ?? [];
  if (credential === undefined) return [header];
  const bytes = scheme?.toLowerCase() === 'basic' ? fromBase64(credential) : undefined;
  // Not base64: somebody's own header, and nothing is in it then.
  if (bytes === undefined) return [header, credential];
  const pair = new TextDecoder().decode(bytes);
  return [header, credential, pair, pair.slice(pair.indexOf(':') + 1)];
}
