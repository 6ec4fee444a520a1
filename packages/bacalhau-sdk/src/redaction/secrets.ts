import { base64, fromBase64, fromUtf8, utf8 } from '../util/index.js';
import { isHarmlessName } from './header-names.js';
import { patternsOf } from './patterns.js';

/**
 * The secrets of a client, of a call or of a transfer, which `redact` replaces wherever they occur. Those of a call know
 * the client's too, and are forgotten with the call.
 */
export class Secrets {
  readonly #parent: Secrets | undefined;
  /** Each with the patterns of its forms, once they were needed. */
  readonly #values = new Map<string, readonly RegExp[] | undefined>();
  readonly #headerNames = new Set<string>();

  constructor(parent?: Secrets) {
    this.#parent = parent;
  }

  /** Returns all secrets with the patterns of their forms, those of the parent included. */
  forms(): (readonly [secret: string, patterns: readonly RegExp[]])[] {
    const own = [...this.#values].map(([value, compiled]) => {
      const patterns = compiled ?? patternsOf(value);
      this.#values.set(value, patterns);
      return [value, patterns] as const;
    });
    return [...(this.#parent?.forms() ?? []), ...own];
  }

  add(...values: readonly (string | undefined)[]): void {
    for (const value of values) if (value && !this.#values.has(value)) this.#values.set(value, undefined);
  }

  /** Adds an `Authorization` header: the whole value, and the parts that a server may quote alone. */
  addAuthorization(header: string): void {
    this.add(header);
    const [, scheme, credential] = /^(\S+)\s+(.*)$/.exec(header) ?? [];
    if (credential === undefined) return;
    this.add(credential);
    const bytes = scheme?.toLowerCase() === 'basic' ? fromBase64(credential) : undefined;
    // Not base64: parameters, or an application's own scheme.
    if (bytes === undefined) this.#addParts(credential);
    const pair = bytes && fromUtf8(bytes);
    this.add(pair, pair?.slice(pair.indexOf(':') + 1));
  }

  /** Adds a name and a password as HTTP Basic authentication sends them. */
  addBasic(username: string, password: string): void {
    this.add(password);
    this.addAuthorization(`Basic ${base64(utf8(`${username}:${password}`))}`);
  }

  /** Adds the headers that the application set, except those that are known to be harmless. */
  addHeaders(headers: Readonly<Record<string, string>>): void {
    for (const [name, value] of Object.entries(headers)) {
      if (isHarmlessName(name)) continue;
      this.#headerNames.add(name.toLowerCase());
      if (/authorization$/i.test(name)) this.addAuthorization(value);
      else {
        this.add(value);
        this.#addParts(value);
      }
    }
  }

  /** Adds the query of a URL, which may be malformed: signatures are in it. */
  addQuery(url: string): void {
    const [, query] = /\?([^#]*)/.exec(url) ?? [];
    if (query === undefined) return;
    this.add(query);
    for (const [, value = ''] of query.matchAll(/=([^&]*)/g)) {
      if (value.length >= SHORTEST_PART) this.add(value, decoded(value));
    }
  }

  /** Returns whether a header of that name was set by the application, and may be secret. */
  hasHeader(name: string): boolean {
    return this.#headerNames.has(name.toLowerCase()) || this.#parent?.hasHeader(name) === true;
  }

  /** Adds the parts of `session=abc; theme=dark`, and of `Credential=…, Signature=…`. */
  #addParts(value: string): void {
    for (const part of value.split(/[\s,;]+/)) {
      const content = part.replace(/^[\w.-]+=(?=[^=])/, '').replace(/^"(.*)"$/, '$1');
      if (content !== value && content.length >= SHORTEST_PART) this.add(content);
    }
  }
}

/** Shorter parts of a value are words rather than secrets. */
const SHORTEST_PART = 8;

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
