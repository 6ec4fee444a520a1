import type { Execution } from 'bacalhau-apiclient';
import { BacalhauError, RequestAbortedError } from '../errors/index.js';
import type { Transport } from '../http/index.js';
import { isAtLeast, phaseOf, type ServerRelease } from '../model/index.js';
import { type ResultAccess, resultFiles } from '../results/index.js';
import { utf8 } from '../util/index.js';
import { entriesFor, incompleteMark, type Mark, truncationMark } from './entries.js';
import type { LogEntry } from './options.js';

/** How to find an execution's output. */
export interface OutputSource {
  readonly transport: Transport;
  readonly jobId: string;
  readonly namespace: string | undefined;
  readonly signal: AbortSignal | undefined;
  /** Whether the job is a Docker job, whose published output is always complete. */
  readonly isDocker: boolean;
  readonly release: ServerRelease | undefined;
  /** How the hosts of published results are reached. */
  readonly results: ResultAccess | undefined;
}

/**
 * Reads the output of an execution that has ended, without its log: from what it published, else from the copy in its
 * state, which is cut at 2,048 bytes and is not always marked so. An entry may be empty, too, and then says whether the
 * output is whole.
 */
export async function* executionOutput(
  execution: Execution,
  source: OutputSource,
): AsyncGenerator<LogEntry, void, undefined> {
  if (execution.PublishedResult?.Type) {
    let hasBegun = false;
    try {
      for await (const entry of publishedOutput(execution, source)) {
        hasBegun = true;
        yield entry;
      }
      return;
    } catch (error) {
      // If the result is out of reach, the copy is left; but what was handed out must not come again.
      const isExpected = error instanceof BacalhauError && !(error instanceof RequestAbortedError);
      if (hasBegun || !isExpected) throw error;
    }
  }
  yield* wholeCopy(execution, source) ?? copiedOutput(execution);
}

/** How many bytes of each stream the state has at most. */
const COPY_BYTES = 2_048;

/**
 * Returns whether the copy in the state is all that was printed. Before 1.8 it is for completed Docker executions that printed no
 * more than fits: nodes take it from the very bytes that they publish (pkg/executor/results.go, 1.4.0 and 1.6.0).
 */
export function isWholeCopy(
  execution: Execution,
  { isDocker, release }: Pick<OutputSource, 'isDocker' | 'release'>,
): boolean {
  const { RunOutput } = execution;
  if (!isDocker || isAtLeast(release, '1.8.0') || !RunOutput || phaseOf(execution, release) !== 'completed')
    return false;
  const { Stdout = '', stderr = '', StdoutTruncated, StderrTruncated } = RunOutput;
  const fits = [Stdout, stderr].every((text) => utf8(text).length < COPY_BYTES);
  return fits && !StdoutTruncated && !StderrTruncated;
}

/** Returns the copy of the output in the execution's state, if it is all that was printed. */
export const wholeCopy = (
  execution: Execution,
  source: Pick<OutputSource, 'isDocker' | 'release'>,
): readonly LogEntry[] | undefined => (isWholeCopy(execution, source) ? entriesOf(execution, {}) : undefined);

/**
 * Returns the copy of the output in the execution's state. Servers under load lose even short output without reporting
 * it (seen on 1.9.3), so an empty copy proves nothing either.
 */
export function copiedOutput(
  execution: Pick<Execution, 'ID' | 'RunOutput'>,
  reason = NOTHING_ELSE,
): readonly LogEntry[] {
  return entriesOf(execution, incompleteMark(reason));
}

const entriesOf = ({ ID, RunOutput }: Pick<Execution, 'ID' | 'RunOutput'>, mark: Mark): readonly LogEntry[] => [
  { stream: 'stdout', text: RunOutput?.Stdout ?? '', executionId: ID, ...mark },
  { stream: 'stderr', text: RunOutput?.stderr ?? '', executionId: ID, ...mark },
];

const NOTHING_ELSE =
  "there is neither a log nor a published result that can be read, so this is the copy in the execution's state, of 2,048 bytes at most";

/** Reads the output that an execution published. What is damaged may show at its end only. */
export async function* publishedOutput(
  execution: Execution,
  { transport, jobId, namespace, signal, isDocker, results }: OutputSource,
): AsyncGenerator<LogEntry, void, undefined> {
  const { ID, RunOutput } = execution;
  // Of a WebAssembly program's first write, servers drop what exceeds 2,048 bytes, here too, and mark it as truncated.
  const marks = isDocker
    ? { stdout: {}, stderr: {} }
    : { stdout: truncationMark(RunOutput?.StdoutTruncated), stderr: truncationMark(RunOutput?.StderrTruncated) };
  let unread = 2;
  const target = { transport, jobId, namespace, executions: [execution] };
  for await (const file of resultFiles(target, { ...results, executionId: ID, signal, maxRetries: 1 })) {
    if (file.path !== 'stdout' && file.path !== 'stderr') continue;
    for await (const text of decoded(file.stream())) yield* entriesFor(ID, file.path, text, marks[file.path]);
    unread -= 1;
    // The other files of the result may be large.
    if (unread === 0) return;
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
