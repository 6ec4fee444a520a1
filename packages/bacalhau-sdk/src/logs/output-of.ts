import type { Execution } from 'bacalhau-apiclient';
import type { LogEntry } from './options.js';

/**
 * The output of an execution that has ended and that the node has no log of: the copy in its state, which is cut at
 * 2,048 bytes and is not always marked so.
 *
 * The one place where the output of the published results can be put in instead.
 */
export async function outputOf({ ID, RunOutput }: Execution): Promise<readonly LogEntry[]> {
  return [
    ...entry(ID, 'stdout', RunOutput?.Stdout, { incomplete: true }),
    ...entry(ID, 'stderr', RunOutput?.stderr, { incomplete: true }),
  ];
}

/**
 * What the log of an ended execution lacks although its state has it. Nodes sometimes lose the last chunk of a Docker
 * container, one without a line end: then everything before it is the beginning of the copy in the state.
 */
export function missingFrom(
  { ID, RunOutput }: Pick<Execution, 'ID' | 'RunOutput'>,
  beginnings: Beginnings,
): readonly LogEntry[] {
  return [
    ...entry(ID, 'stdout', beginnings.missing('stdout', RunOutput?.Stdout), mark(RunOutput?.StdoutTruncated)),
    ...entry(ID, 'stderr', beginnings.missing('stderr', RunOutput?.stderr), mark(RunOutput?.StderrTruncated)),
  ];
}

/** How each stream of an execution began, as far as the copy in its state can reach. */
export class Beginnings {
  /** The copy has 2,048 bytes at most. */
  static readonly #LONGEST = 2_048;
  readonly #texts = { stdout: '', stderr: '' };

  add(stream: LogEntry['stream'], text: string): void {
    const known = this.#texts[stream];
    // One more than can be in the copy, to tell that there was more.
    if (known.length <= Beginnings.#LONGEST) this.#texts[stream] = known + text.slice(0, Beginnings.#LONGEST + 1);
  }

  missing(stream: LogEntry['stream'], whole: string | undefined): string | undefined {
    const known = this.#texts[stream];
    return whole?.startsWith(known) ? whole.slice(known.length) : undefined;
  }
}

const mark = (isTruncated: boolean | undefined) => (isTruncated ? ({ incomplete: true } as const) : {});

function entry(
  executionId: string,
  stream: LogEntry['stream'],
  text: string | undefined,
  rest: Pick<LogEntry, 'incomplete'>,
): readonly LogEntry[] {
  return text ? [{ stream, text, executionId, ...rest }] : [];
}
