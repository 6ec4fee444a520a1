import type { Execution } from 'bacalhau-apiclient';
import { BacalhauError, RequestAbortedError } from '../errors/index.js';
import type { Transport } from '../http/index.js';
import { type ResultAccess, resultFiles } from '../results/index.js';
import type { LogEntry } from './options.js';

/** Where an output is looked for. */
export interface OutputSource {
  readonly transport: Transport;
  readonly jobId: string;
  readonly namespace: string | undefined;
  readonly signal: AbortSignal | undefined;
  /** Whether the job is a Docker job, whose published output is always whole. */
  readonly isDocker: boolean;
  /** How the places of published results are reached. */
  readonly results: ResultAccess | undefined;
}

/**
 * The output of an execution that has ended, without its log: from what it published, else the copy in
 * its state, which is cut at 2,048 bytes and is not always marked so. An entry may be empty.
 */
export async function* executionOutput(
  execution: Execution,
  source: OutputSource,
): AsyncGenerator<LogEntry, void, undefined> {
  const { PublishedResult } = execution;
  if (PublishedResult?.Type) {
    let hasBegun = false;
    try {
      for await (const entry of publishedOutput(execution, source)) {
        hasBegun = true;
        yield entry;
      }
      return;
    } catch (error) {
      // A place out of reach leaves the copy; but what was handed out must not come again.
      const isExpected = error instanceof BacalhauError && !(error instanceof RequestAbortedError);
      if (hasBegun || !isExpected) throw error;
    }
  }
  yield* copiedOutput(execution);
}

async function* publishedOutput(
  execution: Execution,
  { transport, jobId, namespace, signal, isDocker, results }: OutputSource,
): AsyncGenerator<LogEntry, void, undefined> {
  const { ID, RunOutput } = execution;
  // Servers drop what a WebAssembly program writes at first beyond 2,048 bytes, here too, and then call it truncated.
  const marks = isDocker
    ? { stdout: {}, stderr: {} }
    : { stdout: mark(RunOutput?.StdoutTruncated), stderr: mark(RunOutput?.StderrTruncated) };
  let left = 2;
  const target = { transport, jobId, namespace, executions: [execution] };
  for await (const file of resultFiles(target, { ...results, executionId: ID, signal, maxRetries: 1 })) {
    if (file.path !== 'stdout' && file.path !== 'stderr') continue;
    for await (const text of decoded(file.stream())) yield* entry(ID, file.path, text, marks[file.path]);
    left -= 1;
    // The rest of the result may be large.
    if (left === 0) return;
  }
}

async function* decoded(stream: ReadableStream<Uint8Array>): AsyncGenerator<string, void, undefined> {
  const decoder = new TextDecoder();
  // Not by `for await`: streams of some browsers are not iterable.
  const reader = stream.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      yield decoder.decode(value, { stream: true });
    }
    yield decoder.decode();
  } finally {
    await reader.cancel();
  }
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

/**
 * The copy in the execution's state. Servers under load lose even short output without saying so (seen on 1.9.3), so an
 * empty copy says nothing either.
 */
export function copiedOutput({ ID, RunOutput }: Pick<Execution, 'ID' | 'RunOutput'>): readonly LogEntry[] {
  return [
    { stream: 'stdout', text: RunOutput?.Stdout ?? '', executionId: ID, incomplete: true },
    { stream: 'stderr', text: RunOutput?.stderr ?? '', executionId: ID, incomplete: true },
  ];
}
