import { fromBase64 } from '../util/index.js';
import type { Secrets } from './secrets.js';

/** What a secret is replaced with. */
export const REDACTED = '***';

/** Shorter secrets are left in place: replacing them would only show where they occur. */
const SHORTEST = 4;

type Texts = Readonly<Record<string, string>>;

/**
 * Replaces the secrets of a client in a text, or in every value of a record. Servers and proxies quote what they were sent
 * in responses, redirects and error pages, so all text of errors, hooks and log lines goes through here.
 */
export function redact(text: string, secrets: Secrets): string;
export function redact(text: string | undefined, secrets: Secrets): string | undefined;
export function redact(texts: Texts, secrets: Secrets): Texts;
export function redact(text: string | Texts | undefined, secrets: Secrets): string | Texts | undefined {
  if (text === undefined) return undefined;
  const forms = formsOf(secrets);
  if (typeof text === 'string') return replaceAll(text, forms);
  return Object.fromEntries(Object.entries(text).map(([name, value]) => [name, replaceAll(value, forms)]));
}

/** Replaces the values of headers that are secret by their name, and secrets in all others. */
export function redactHeaders(headers: Texts, secrets: Secrets): Texts {
  const named: Texts = Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, isSecretName(name) ? REDACTED : value]),
  );
  return redact(named, secrets);
}

/** Whether a header of that name has a secret value. */
export const isSecretName = (name: string): boolean =>
  /auth|cookie|token|secret|password|credential|api-?key|signature/i.test(name);

const replaceAll = (text: string, forms: readonly string[]): string =>
  forms.reduce((clean, form) => clean.replaceAll(form, REDACTED), text);

/** Returns the secrets as they occur in texts, URLs and JSON. */
const formsOf = ({ values, authorizations }: Secrets): readonly string[] =>
  [...values, ...[...authorizations].flatMap(partsOf)]
    .filter(({ length }) => length >= SHORTEST)
    // The longest first, or a part of one would hide the rest of another.
    .sort((one, other) => other.length - one.length)
    .flatMap((secret) => [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)]);

/** Returns the secrets in an `Authorization` header: the whole value, the part after the scheme, and a password in it. */
function partsOf(header: string): string[] {
  const [, scheme, credential] = /^(\S+)\s+(.*)$/.exec(header) ?? [];
  if (credential === undefined) return [header];
  const bytes = scheme?.toLowerCase() === 'basic' ? fromBase64(credential) : undefined;
  // Not base64: an application's own header, with nothing else in it.
  if (bytes === undefined) return [header, credential];
  const pair = new TextDecoder().decode(bytes);
  return [header, credential, pair, pair.slice(pair.indexOf(':') + 1)];
}
