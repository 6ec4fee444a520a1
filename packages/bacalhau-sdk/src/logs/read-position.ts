/** How far a text has been read. In lines, because characters that were cut in two count differently in its copies. */
export class ReadPosition {
  #lines = 0;
  /** Of the line that has not ended. */
  #units = 0;

  pass(text: string): void {
    let from = 0;
    for (let end = text.indexOf('\n') + 1; end > 0; end = text.indexOf('\n', from) + 1) {
      this.#lines += 1;
      this.#units = 0;
      from = end;
    }
    this.#units += text.length - from;
  }

  /** A function that is given a copy of the text from its beginning, piece by piece, and returns what comes after this place. */
  after(): (piece: string) => string {
    let lines = this.#lines;
    let units = this.#units;
    return (piece) => {
      let from = 0;
      while (lines > 0) {
        const end = piece.indexOf('\n', from) + 1;
        if (end === 0) return '';
        from = end;
        lines -= 1;
      }
      const skipped = Math.min(units, piece.length - from);
      units -= skipped;
      return piece.slice(from + skipped);
    };
  }
}
