/** A body that is not JSON. */
export class TextBody {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** How deep values may be in each other. A hundred times of what Bacalhau's are, and no danger to what walks through them. */
const DEEPEST = 1_000;

/** Parses a body; axios itself would return what it cannot parse as a string. */
export function parseBody(body: unknown): unknown {
  if (typeof body !== 'string') return body;
  if (isTooDeep(body)) return new TextBody(body);
  try {
    return JSON.parse(body);
  } catch {
    return new TextBody(body);
  }
}

/** Looks at the text: a parsed value that is too deep can exhaust the stack or the memory. */
function isTooDeep(text: string): boolean {
  let depth = 0;
  for (let index = 0; index < text.length; index += 1) {
    const character = text[index];
    if (character === '"') index = endOfString(text, index);
    else if (character === '[' || character === '{') depth += 1;
    else if (character === ']' || character === '}') depth -= 1;
    if (depth > DEEPEST) return true;
  }
  return false;
}

/** Returns the index of the quotation mark that ends the string which begins at `start`. */
function endOfString(text: string, start: number): number {
  let end = start;
  do {
    end = text.indexOf('"', end + 1);
    if (end === -1) return text.length;
  } while (isEscaped(text, end));
  return end;
}

function isEscaped(text: string, index: number): boolean {
  let backslashes = 0;
  while (text[index - 1 - backslashes] === '\\') backslashes += 1;
  return backslashes % 2 === 1;
}
