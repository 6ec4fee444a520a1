import type { Execution } from 'bacalhau-apiclient';
import { entriesFor, truncationMark } from './entries.js';
import type { LogEntry } from './options.js';

/** The copy of the output in an execution's state has 2,048 bytes at most. */
const LONGEST_COPY = 2_048;

/** How each stream of an execution began, as far as the copy in its state can reach. */
export class OutputPrefix {
  readonly #texts = { stdout: '', stderr: '' };

  add(stream: LogEntry['stream'], text: string): void {
    const known = this.#texts[stream];
    // One more than the copy can have, to know that there was more.
    if (known.length <= LONGEST_COPY) this.#texts[stream] = known + text.slice(0, LONGEST_COPY + 1);
  }

  /** Returns what the copy continues with after this prefix; undefined if it does not begin with it. */
  continuation(stream: LogEntry['stream'], copy: string | undefined): string | undefined {
    const known = this.#texts[stream];
    return copy?.startsWith(known) ? copy.slice(known.length) : undefined;
  }
}

/** Returns whether the copy in the state begins with what was read of both streams. */
export const isContinuedBy = ({ RunOutput }: Pick<Execution, 'RunOutput'>, prefix: OutputPrefix): boolean =>
  prefix.continuation('stdout', RunOutput?.Stdout ?? '') !== undefined &&
  prefix.continuation('stderr', RunOutput?.stderr ?? '') !== undefined;

/**
 * Returns what the log of an ended execution lacks although its state has it. Nodes sometimes lose the last chunk of a
 * Docker container, one without a line end: then everything before it is the beginning of the copy in the state.
 */
export function missingFrom(
  { ID, RunOutput }: Pick<Execution, 'ID' | 'RunOutput'>,
  prefix: OutputPrefix,
): readonly LogEntry[] {
  const stdout = prefix.continuation('stdout', RunOutput?.Stdout);
  const stderr = prefix.continuation('stderr', RunOutput?.stderr);
  return [
    ...entriesFor(ID, 'stdout', stdout, truncationMark(RunOutput?.StdoutTruncated)),
    ...entriesFor(ID, 'stderr', stderr, truncationMark(RunOutput?.StderrTruncated)),
  ];
}
