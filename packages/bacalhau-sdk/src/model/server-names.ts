/** The longest text of a server that a message quotes. */
const LONGEST_QUOTE = 200;

/** Letters, digits and a few signs that no file system, URL or header gives a meaning. */
const FILE_NAME = /^[a-z0-9](?:[a-z0-9._-]{0,126}[a-z0-9_-])?$/i;

/** Names that mean a device on Windows, with any extension. */
const DEVICE = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?$/i;

/**
 * Returns whether a name that a server chose can become the name of a file or a folder on every system, and one segment of
 * a URL's path: it is not a path, a hidden file or a device, and has no special characters.
 */
export const isFileName = (name: string): boolean => FILE_NAME.test(name) && !DEVICE.test(name);

/**
 * Quotes text that a server chose, for a message or a log line: on one line, of bounded length, and without characters
 * that control a terminal or the direction of writing.
 */
export const quoteName = (text: string): string =>
  printable(JSON.stringify(text.length > LONGEST_QUOTE ? `${text.slice(0, LONGEST_QUOTE)}…` : text));

/** Escapes the characters that control a terminal, break a line or change the direction of writing. */
export const printable = (text: string): string =>
  text.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return `\\u{${code.toString(16)}}`;
  });
