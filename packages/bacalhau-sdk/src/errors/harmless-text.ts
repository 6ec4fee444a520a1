/** What controls a terminal, or changes the direction of writing; line breaks and tabs are not among them. */
const CONTROLS = /(?![\n\t])[\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/**
 * Escapes, as JSON does, what a text of somebody else could do to the terminal or the log that shows it. Programs and servers
 * write messages of several lines, so line breaks stay.
 */
export const harmlessText = (text: string): string => text.replaceAll('\r\n', '\n').replace(CONTROLS, inJson);

/** The same in one line: a text with line breaks could pretend to be several lines of a log. */
export const harmlessLine = (text: string): string => harmlessText(text).replace(/[\n\t]/g, inJson);

function inJson(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
