/** Headers of Node's `http`, of `fetch`, or plain ones. Names in any case. */
export type HeadersLike =
  | Iterable<readonly [string, string]>
  | Readonly<Record<string, string | readonly string[] | undefined>>;

/** The parts of a request that a signature covers. */
export interface RequestParts {
  /** For example `GET`. */
  readonly method: string;
  /** The whole URL, or the path and query of a request line; then the authority is the header `Host`. */
  readonly url: string | URL;
  /** Names in any case. */
  readonly headers: HeadersLike;
}

/** A request, prepared for looking up its components. */
export interface Message {
  readonly method: string;
  readonly url: URL;
  /** By lower-case name; the values of repeated headers are joined (RFC 9421, 2.1). */
  readonly headers: ReadonlyMap<string, string>;
}

/** Prepares a request; undefined if it has no valid URL. */
export function toMessage({ method, url, headers }: RequestParts): Message | undefined {
  const fields = fieldsOf(headers);
  try {
    if (url instanceof URL || !url.startsWith('/')) return { method, url: new URL(url), headers: fields };
    const whole = new URL(`http://${fields.get('host') ?? ''}${url}`);
    // `/a/../b` is signed as `/b`, but another server might not read it so.
    return `${whole.pathname}${whole.search}` === url ? { method, url: whole, headers: fields } : undefined;
  } catch {
    return undefined;
  }
}

function fieldsOf(headers: HeadersLike): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  for (const [name, value] of isIterable(headers) ? headers : Object.entries(headers)) {
    if (value === undefined) continue;
    const lines = typeof value === 'string' ? [value] : value;
    const known = fields.get(name.toLowerCase());
    const all = [
      ...(known === undefined ? [] : [known]),
      ...lines.map((line) => line.trim().replace(/\s*\r?\n\s+/g, ' ')),
    ];
    fields.set(name.toLowerCase(), all.join(', '));
  }
  return fields;
}

const isIterable = (headers: HeadersLike): headers is Iterable<readonly [string, string]> => Symbol.iterator in headers;
