/** How far a text has been read. In lines, because a character that was split between chunks differs in length in copies. */
export class ReadPosition {
  #lines = 0;
  /** Of the line that has not ended, in UTF-16 units. */
  #units = 0;

  advance(text: string): void {
    let from = 0;
    for (let end = text.indexOf('\n') + 1; end > 0; end = text.indexOf('\n', from) + 1) {
      this.#lines += 1;
      this.#units = 0;
      from = end;
    }
    this.#units += text.length - from;
  }

  /** Returns a function that takes a copy of the text from its beginning, in chunks, and returns what is unread of each. */
  skipper(): (chunk: string) => string {
    let lines = this.#lines;
    let units = this.#units;
    return (chunk) => {
      let from = 0;
      while (lines > 0) {
        const end = chunk.indexOf('\n', from) + 1;
        if (end === 0) return '';
        from = end;
        lines -= 1;
      }
      const skipped = Math.min(units, chunk.length - from);
      units -= skipped;
      return chunk.slice(from + skipped);
    };
  }
}
