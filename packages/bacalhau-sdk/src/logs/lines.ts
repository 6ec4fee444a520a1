import type { LogEntry } from './options.js';

/** A line that does not end must not fill the memory. */
const LONGEST_LINE = 1024 * 1024;

/** Joins chunks to lines, however the text was split. The end of a line, `\n` or `\r\n`, is not part of it. */
export class LineJoiner {
  readonly #longest: number;
  #unfinished = '';

  constructor(longest: number = LONGEST_LINE) {
    this.#longest = longest;
  }

  /** Returns the lines that this chunk completes. */
  push(chunk: string): string[] {
    const pieces = chunk.split('\n');
    const last = pieces.pop() ?? '';
    const lines: string[] = [];
    for (const piece of pieces) {
      const line = this.#unfinished + piece;
      this.#unfinished = '';
      lines.push(line.endsWith('\r') ? line.slice(0, -1) : line);
    }
    this.#unfinished += last;
    while (this.#unfinished.length > this.#longest) {
      lines.push(this.#unfinished.slice(0, this.#longest));
      this.#unfinished = this.#unfinished.slice(this.#longest);
    }
    return lines;
  }

  /** Returns the last line, if it has no end. */
  end(): string[] {
    const line = this.#unfinished;
    this.#unfinished = '';
    return line === '' ? [] : [line];
  }
}

/** Joins the lines of several executions, each stream by itself. */
export class EntryLineJoiner {
  readonly #joiners = new Map<string, { readonly lastEntry: LogEntry; readonly joiner: LineJoiner }>();

  /** Returns the lines that this entry completes. */
  *push(entry: LogEntry): Generator<LogEntry, void, undefined> {
    const key = `${entry.stream} ${entry.executionId}`;
    const { joiner } = this.#joiners.get(key) ?? { joiner: new LineJoiner() };
    this.#joiners.set(key, { lastEntry: entry, joiner });
    if (entry.text === '' && entry.incomplete) {
      yield* this.#marked(entry);
      return;
    }
    for (const text of joiner.push(entry.text)) yield { ...entry, text };
  }

  /** Marks the lines that have no end, or if there are none, the place. */
  *#marked(mark: LogEntry): Generator<LogEntry, void, undefined> {
    const lines = [...this.end(mark.executionId)];
    if (lines.length === 0) yield mark;
    for (const { stream, text } of lines) yield { ...mark, stream, text };
  }

  /** Returns the last lines of an execution, if they have no end. */
  *end(executionId: string): Generator<LogEntry, void, undefined> {
    for (const [key, { lastEntry, joiner }] of this.#joiners) {
      if (lastEntry.executionId !== executionId) continue;
      for (const text of joiner.end()) yield { ...lastEntry, text };
      this.#joiners.delete(key);
    }
  }
}
