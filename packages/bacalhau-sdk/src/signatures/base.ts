import type { InnerList } from 'structured-headers';
import { SignatureError } from './errors.js';
import type { Message } from './message.js';

/** The components that requests of this package sign and that `verifyRequest` requires. */
export const COVERED = ['@method', '@authority', '@path', '@query', 'content-digest'] as const;

/** The values of RFC 9421, 2.2; undefined if this request does not tell. */
const DERIVED: Readonly<Record<string, (message: Message) => string | undefined>> = {
  '@method': ({ method }) => method,
  '@authority': ({ authority }) => authority,
  '@path': ({ path }) => path,
  // A question mark alone stands for no query as well.
  '@query': ({ query }) => (query === '' ? '?' : query),
  '@scheme': ({ scheme }) => scheme,
  '@target-uri': ({ scheme, authority, path, query }) => scheme && `${scheme}://${authority}${path}${query}`,
  '@request-target': ({ path, query }) => `${path}${query}`,
};

/**
 * Returns the signature base (RFC 9421, 2.5): a line for each covered component, then their list with its parameters.
 *
 * @param serialized The serialized form of `covered`.
 * @throws {SignatureError} if a component is missing, or of a kind that is not supported: parts of a header (`key`,
 *   `sf`, `bs`), trailers, and responses.
 */
export function signatureBase(message: Message, covered: InnerList, serialized: string): string {
  const seen = new Set<string>();
  const lines = covered[0].map(([name, parameters]) => {
    // Names stand in the base between quotation marks.
    if (typeof name !== 'string' || parameters.size > 0 || !/^@?[a-z0-9!#$%&'*+.^_`|~-]+$/.test(name)) {
      throw new SignatureError('malformed', 'The signature covers a component of a kind that is not supported.');
    }
    if (seen.has(name)) throw new SignatureError('malformed', `The signature covers ${name} twice.`);
    seen.add(name);
    const value = name.startsWith('@') ? derived(name, message) : message.headers.get(name);
    if (value === undefined) {
      throw new SignatureError('invalid', `The signature covers ${name}, which the request does not have.`);
    }
    return `"${name}": ${value}`;
  });
  return [...lines, `"@signature-params": ${serialized}`].join('\n');
}

function derived(name: string, message: Message): string | undefined {
  return Object.hasOwn(DERIVED, name) ? DERIVED[name]?.(message) : undefined;
}
