/** Escapes of Go's `encoding/json`: no \b and \f as in JavaScript, but the characters that HTML and JSONP stumble over. */
const SHORT: Readonly<Record<string, string>> = { '"': '\\"', '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is escaped
const ESCAPED = /["\\\u0000-\u001f<>&\u2028\u2029]/g;

/** Quotes a string as Go does. Half of a surrogate pair becomes U+FFFD, unescaped. */
export function goText(value: string): string {
  const escaped = wellFormed(value).replace(
    ESCAPED,
    (character) => SHORT[character] ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return `"${escaped}"`;
}

/**
 * Returns a string as it is after a conversion to UTF-8 and back: `String.prototype.toWellFormed`, which came with Node 20
 * and ES2024.
 */
export const wellFormed = (value: string): string => value.replace(/\p{Surrogate}/gu, '\ufffd');

/**
 * Compares keys by code points, which is the order of UTF-8 bytes in which Go sorts a map; JavaScript compares UTF-16
 * units.
 */
export function byCodePoints(a: string, b: string): number {
  const left = [...a];
  const right = [...b];
  for (const [index, character] of left.entries()) {
    const difference = (character.codePointAt(0) ?? 0) - (right[index]?.codePointAt(0) ?? -1);
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}
