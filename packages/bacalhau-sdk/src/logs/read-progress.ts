import type { Execution } from 'bacalhau-apiclient';
import type { LogEntry } from './options.js';
import { isContinuedBy, missingFrom, OutputPrefix } from './output-prefix.js';
import { ReadPosition } from './read-position.js';

/** How much of an execution's output has been read. */
export class ReadProgress {
  /** How many frames of the log were read: the index of the next one. */
  frames = 0;
  /** Whether the server may have dropped frames, so that their index says nothing any more. */
  isLossy = false;
  /** Whether frames are only counted, because they are older than the call (`tail`). */
  isSkipping: boolean;
  readonly #prefix = new OutputPrefix();
  readonly #positions = { stdout: new ReadPosition(), stderr: new ReadPosition() };

  constructor({ isSkipping }: { readonly isSkipping: boolean }) {
    this.isSkipping = isSkipping;
  }

  /** Records the next frame. */
  add({ stream, text }: Pick<LogEntry, 'stream' | 'text'>): void {
    this.frames += 1;
    this.#prefix.add(stream, text);
    this.#positions[stream].advance(text);
  }

  /** Returns what the log lacks at its end although the execution's state has it. */
  missingFrom(execution: Execution): readonly LogEntry[] {
    return missingFrom(execution, this.#prefix);
  }

  /** Returns what follows of both streams in a whole copy; undefined if it does not begin with what was read. */
  continuationIn(execution: Execution): readonly LogEntry[] | undefined {
    return isContinuedBy(execution, this.#prefix) ? missingFrom(execution, this.#prefix) : undefined;
  }

  /** Returns, for each stream, a function that takes a copy from its beginning and returns what is unread of it. */
  skippers(): Readonly<Record<LogEntry['stream'], (chunk: string) => string>> {
    return { stdout: this.#positions.stdout.skipper(), stderr: this.#positions.stderr.skipper() };
  }
}
