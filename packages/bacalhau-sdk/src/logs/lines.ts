/** A line that does not end must not fill the memory. */
const LONGEST_LINE = 1024 * 1024;

/**
 * Puts chunks together to lines, whichever way the text was cut. The end of a line, `\n` or `\r\n`, is not part of it.
 */
export class LineJoiner {
  readonly #longest: number;
  #rest = '';

  constructor(longest: number = LONGEST_LINE) {
    this.#longest = longest;
  }

  /** The lines that this chunk completes. */
  push(chunk: string): string[] {
    const pieces = chunk.split('\n');
    const last = pieces.pop() ?? '';
    const lines: string[] = [];
    for (const piece of pieces) {
      const line = this.#rest + piece;
      this.#rest = '';
      lines.push(line.endsWith('\r') ? line.slice(0, -1) : line);
    }
    this.#rest += last;
    while (this.#rest.length > this.#longest) {
      lines.push(this.#rest.slice(0, this.#longest));
      this.#rest = this.#rest.slice(this.#longest);
    }
    return lines;
  }

  /** The last line, where it has no end. */
  end(): string[] {
    const rest = this.#rest;
    this.#rest = '';
    return rest === '' ? [] : [rest];
  }
}
