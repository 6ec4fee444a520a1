import { describeType } from '../arguments/index.js';
import { InvalidArgumentError } from '../errors/index.js';
import { normalAuthority, type Scheme, schemeOf } from './authority.js';
import { SignatureError } from './errors.js';

/** Headers of Node's `http`, of `fetch`, or plain ones. Names in any case. */
export type HeadersLike =
  | Iterable<readonly [string, string]>
  | Readonly<Record<string, string | readonly string[] | undefined>>;

/** The parts of a request that a signature covers. */
export interface RequestParts {
  /** As it is sent, so in upper case: `GET`. */
  readonly method: string;
  /** The whole URL, or the path and query of a request line; then the authority is the header `Host`. */
  readonly url: string | URL;
  /**
   * Names in any case. Pass `headersDistinct` of Node's requests: `headers` hides a second `Host`, `Signature` or
   * `Content-Digest`.
   */
  readonly headers: HeadersLike;
  /**
   * The scheme of a request line, whose `url` does not have it. With it, a `Host` may have the scheme's own port, and a
   * signature may cover `@scheme` and `@target-uri`.
   */
  readonly scheme?: 'http' | 'https' | undefined;
}

/** A request, prepared for looking up its components. */
export interface Message {
  readonly method: string;
  readonly scheme: Scheme | undefined;
  /** In its normal form. */
  readonly authority: string;
  /** Begins with a slash. */
  readonly path: string;
  /** With its question mark; empty if there is none. */
  readonly query: string;
  /** By lower-case name; the values of repeated headers are joined (RFC 9421, 2.1). */
  readonly headers: ReadonlyMap<string, string>;
}

/**
 * Prepares a request to sign. Its URL is brought into the form in which clients send it.
 *
 * @throws {SignatureError} if its URL, its method or a header cannot be sent.
 */
export function toMessage({ url, ...request }: RequestParts): Message {
  if (typeof url === 'string' && url.startsWith('/')) return receivedMessage({ url, ...request });
  const sent = parseUrl(url);
  // Clients send neither of these.
  sent.hash = '';
  sent.username = '';
  sent.password = '';
  if (request.method !== request.method.toUpperCase()) {
    throw new InvalidArgumentError(
      'request.method',
      `is ${JSON.stringify(request.method)}, and methods are case-sensitive. Pass ${JSON.stringify(request.method.toUpperCase())}.`,
    );
  }
  return receivedMessage({ ...request, url: sent });
}

/**
 * Prepares a request that was received. What two readers could take for different requests is refused: a path, a host or
 * an address that is not in its normal form (apart from the case of a host, and a port that the scheme implies), several
 * hosts, user information, control characters.
 *
 * @throws {SignatureError}
 */
export function receivedMessage({ method, url, headers, scheme }: RequestParts): Message {
  if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(method)) throw malformed('The method of the request is not valid.');
  const fields = fieldsOf(headers);
  const target = targetOf(url, scheme);
  const authorities = [target.authority, fields.get('host'), fields.get(':authority')]
    .filter((value) => value !== undefined)
    .map((value) => normalAuthority(value, target.scheme));
  const [authority] = authorities;
  if (authority === undefined || authorities.some((other) => other !== authority)) {
    throw malformed('The request does not name one host in its normal form (RFC 9421, 2.2.3).');
  }
  return { method, scheme: target.scheme, authority, ...pathOf(target.rest), headers: fields };
}

interface Target {
  readonly scheme: Scheme | undefined;
  readonly authority: string | undefined;
  /** What follows the authority. */
  readonly rest: string;
}

function targetOf(url: string | URL, scheme: Scheme | undefined): Target {
  const text = String(url);
  if (text.startsWith('/')) return { scheme, authority: undefined, rest: text };
  const [, protocol = '', authority = '', rest = ''] = /^([A-Za-z]{2,5}):\/\/([^/?#]*)(.*)$/s.exec(text) ?? [];
  const own = schemeOf(protocol);
  if (own === undefined) throw malformed('The URL of the request must be a path, or begin with http:// or https://.');
  if (scheme !== undefined && scheme !== own) throw malformed(`The URL of the request is not of the scheme ${scheme}.`);
  return { scheme: own, authority, rest: rest === '' ? '/' : rest };
}

/** Parses a path. `/a/../b`, which would be signed as `/b`, is refused: another server might not read it so. */
function pathOf(rest: string): Pick<Message, 'path' | 'query'> {
  const { pathname, search } = parseUrl(`http://host${rest}`);
  if (`${pathname}${search}` !== rest) throw malformed('The path of the request is not in its normal form.');
  return { path: pathname, query: search };
}

function parseUrl(url: string | URL): URL {
  try {
    return new URL(url);
  } catch {
    throw malformed(`The request has no valid URL: ${JSON.stringify(String(url))}.`);
  }
}

function fieldsOf(headers: HeadersLike): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  const entries: Iterable<unknown> = isIterable(headers) ? headers : Object.entries(headers);
  for (const entry of entries) {
    if (!Array.isArray(entry)) {
      throw new InvalidArgumentError('request.headers', 'must be an object, or pairs of a name and a value.');
    }
    const [name, value]: readonly unknown[] = entry;
    if (value === undefined) continue;
    const key = String(name).toLowerCase();
    const lines: readonly unknown[] = Array.isArray(value) ? value : [value];
    for (const line of lines) {
      const known = fields.get(key);
      const text = fieldValue(key, line);
      fields.set(key, known === undefined ? text : `${known}, ${text}`);
    }
  }
  return fields;
}

function fieldValue(name: string, line: unknown): string {
  if (typeof line !== 'string') {
    throw new InvalidArgumentError(
      `request.headers[${JSON.stringify(name)}]`,
      `must be a string or an array of strings, not ${describeType(line)}.`,
    );
  }
  // A line break would begin another line of the signature base.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
  if (/[\x00-\x08\x0a-\x1f\x7f]/.test(line)) throw malformed(`The header ${name} contains a control character.`);
  let [start, end] = [0, line.length];
  while (start < end && isBlank(line[start])) start += 1;
  while (end > start && isBlank(line[end - 1])) end -= 1;
  return line.slice(start, end);
}

const isBlank = (character: string | undefined): boolean => character === ' ' || character === '\t';

const isIterable = (headers: HeadersLike): headers is Iterable<readonly [string, string]> => Symbol.iterator in headers;

const malformed = (message: string): SignatureError => new SignatureError('malformed', message);
