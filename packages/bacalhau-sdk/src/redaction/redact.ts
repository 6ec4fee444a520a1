import { harmlessText } from '../errors/index.js';
import { isSecretName } from './header-names.js';
import type { Secrets } from './secrets.js';

/** What a secret is replaced with. */
export const REDACTED = '***';

/** A prefix of a secret at the end of a truncated text is replaced from this length on. */
const SHORTEST_BEGINNING = 8;

type Texts = Readonly<Record<string, string>>;

/**
 * Replaces secrets in a text, or in every value of a record. Servers, proxies and providers quote what they were sent in
 * responses, redirects and error pages, so all text of errors, hooks and log lines goes through here, last of all: what
 * is truncated or quoted afterwards could hide a secret from it.
 */
export function redact(text: string, secrets: Secrets): string;
export function redact(text: string | undefined, secrets: Secrets): string | undefined;
export function redact(texts: Texts, secrets: Secrets): Texts;
export function redact(text: string | Texts | undefined, secrets: Secrets): string | Texts | undefined {
  if (text === undefined) return undefined;
  const forms = secrets.forms();
  if (typeof text === 'string') return replaceAll(text, forms);
  return Object.fromEntries(
    Object.entries(text).map(([name, value]) => [replaceAll(name, forms), replaceAll(value, forms)]),
  );
}

/**
 * Replaces the secrets in what somebody else wrote, escapes what could control a terminal, and then cuts it to what a
 * message can hold.
 */
export function excerpt(text: string, secrets: Secrets, maxLength = LONGEST_EXCERPT): string {
  const clean = harmlessText(redactBeginning(text, secrets));
  return clean.length > maxLength ? `${clean.slice(0, maxLength)}…` : clean;
}

/** Enough for the longest message of a server: the output of a program. */
const LONGEST_EXCERPT = 16_384;

/** Replaces the values of headers that are secret by their name, and secrets in all others. */
export function redactHeaders(headers: Texts, secrets: Secrets): Texts {
  const named: Texts = Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      isSecretName(name) || secrets.hasHeader(name) ? REDACTED : value,
    ]),
  );
  return redact(named, secrets);
}

/** How much of a text is looked at: a response may have hundreds of megabytes. */
const LONGEST_WINDOW = 65_536;

function redactBeginning(text: string, secrets: Secrets): string {
  if (text.length <= LONGEST_WINDOW) return redact(text, secrets);
  // No secret is cut in two unseen: as much is dropped from the end as the longest one, escaped, can take.
  const longest = Math.max(0, ...secrets.forms().map(([{ length }]) => length)) * 6;
  const clean = redact(text.slice(0, LONGEST_WINDOW + longest), secrets);
  return clean.slice(0, Math.max(0, clean.length - longest));
}

function replaceAll(text: string, forms: ReturnType<Secrets['forms']>): string {
  const found: [start: number, end: number][] = [];
  for (const [value, patterns] of forms) {
    for (const pattern of patterns) {
      for (const match of text.matchAll(pattern)) found.push([match.index, match.index + match[0].length]);
    }
    const beginning = beginningAtEnd(text, value);
    if (beginning > 0) found.push([text.length - beginning, text.length]);
  }
  if (found.length === 0) return text;
  // Secrets may overlap, one may contain another: what any of them covers is replaced.
  found.sort(([one], [other]) => one - other);
  let clean = '';
  let end = 0;
  for (const [from, to] of found) {
    if (from >= end) clean += `${text.slice(end, from)}${REDACTED}`;
    end = Math.max(end, to);
  }
  return clean + text.slice(end);
}

/** Returns how long a beginning of the secret the text ends with; 0 for one that is too short to matter. */
function beginningAtEnd(text: string, secret: string): number {
  const body = text.replace(/(?:…|\.{3})$/, '');
  for (let length = Math.min(secret.length - 1, body.length); length >= SHORTEST_BEGINNING; length -= 1) {
    if (body.endsWith(secret.slice(0, length))) return length + text.length - body.length;
  }
  return 0;
}
