import type { Execution, Job } from 'bacalhau-apiclient';
import { BacalhauError, RequestAbortedError } from '../errors/index.js';
import type { Transport } from '../http/index.js';
import { followLogs, type LogEntry, loadLogs } from '../logs/index.js';
import { exitCodeOf, isDocker, isWasm } from '../model/index.js';
import type { ResultAccess } from '../results/index.js';
import type { LiveLog } from './live-log.js';
import type { ExecutionOutput } from './run-result.js';

/** Which output is collected, and from where. */
interface OutputSource {
  readonly transport: Transport;
  readonly job: Job;
  readonly signal: AbortSignal | undefined;
  /** With `beginning` no request is made: what the execution contains is used. */
  readonly output: 'whole' | 'beginning';
  readonly results: ResultAccess | undefined;
  /** The log that was read while the job ran, if it was. */
  readonly liveLog: LiveLog | undefined;
  /** How much may be collected, in UTF-16 units: what is left of `maxResponseBytes` for this execution. */
  readonly maxLength: number;
}

/**
 * Collects what an execution printed and how it ended: the whole output if it can be had, from the execution's result,
 * else from its log. The copy in its state is the last resort: servers keep 2,048 bytes of it, or less without saying so
 * (seen on 1.9.3).
 */
export async function collectOutput(execution: Execution, source: OutputSource): Promise<ExecutionOutput> {
  const printed = { stdout: '', stderr: '', outputComplete: true };
  let incompleteReason: string | undefined;
  for await (const { stream, text, incomplete, incompleteReason: reason } of entriesOf(execution, source)) {
    printed[stream] += text;
    if (incomplete) printed.outputComplete = false;
    incompleteReason ??= reason;
  }
  const { ID, NodeID, RunOutput } = execution;
  return {
    executionId: ID,
    nodeId: NodeID,
    exitCode: isWasm(source.job) ? exitCodeOf(RunOutput?.ExitCode) : (RunOutput?.ExitCode ?? 0),
    ...printed,
    incompleteReason,
    execution,
  };
}

async function* entriesOf(
  execution: Execution,
  { transport, job, signal, output, results, liveLog, maxLength }: OutputSource,
): AsyncGenerator<LogEntry, void, undefined> {
  if (output === 'beginning') {
    const { copiedOutput } = await loadLogs();
    yield* copiedOutput(execution, 'only the beginning was asked for');
    return;
  }
  const target = { jobId: job.ID ?? '', namespace: job.Namespace };
  const docker = isDocker(job);
  const isPublished = Boolean(execution.PublishedResult?.Type);
  // A container's log may lack its end, which the result has.
  const logged = docker && isPublished ? undefined : await liveLog?.entriesOf(execution.ID);
  if (logged !== undefined) return yield* logged;
  const { copiedOutput, publishedOutput, wholeCopy } = await loadLogs();
  if (isPublished) {
    const release = await transport.serverRelease({ signal });
    const source = { transport, ...target, signal, isDocker: docker, release, results };
    const published = await readToEnd(publishedOutput(execution, source), transport, maxLength);
    if (published instanceof OutputTooLong) return yield* copiedOutput(execution, published.message);
    const entries = published instanceof BacalhauError ? wholeCopy(execution, source) : published;
    if (entries !== undefined) return yield* entries;
  }
  // Only the logs of Docker jobs are streamed.
  if (!docker) return yield* copiedOutput(execution);
  const following = followLogs(transport, target, { executionId: execution.ID, signal, results });
  const log = await readToEnd(following, transport, maxLength);
  yield* log instanceof BacalhauError ? copiedOutput(execution, log.message) : log;
}

class OutputTooLong extends BacalhauError {
  constructor(maxResponseBytes: number) {
    super(
      `the job printed more than the ${maxResponseBytes} characters that maxResponseBytes allows: raise it, read the output with job.logs(), or download the results`,
    );
  }
}

/** Reads output to its end, or returns why that failed. Of what cannot be read to its end, nothing is used. */
async function readToEnd(
  output: AsyncIterable<LogEntry>,
  transport: Transport,
  maxLength: number,
): Promise<readonly LogEntry[] | BacalhauError> {
  const entries: LogEntry[] = [];
  let length = 0;
  try {
    for await (const entry of output) {
      length += entry.text.length;
      if (length > maxLength) return new OutputTooLong(transport.maxResponseBytes({}));
      entries.push(entry);
    }
  } catch (error) {
    if (!(error instanceof BacalhauError) || error instanceof RequestAbortedError) throw error;
    return error;
  }
  return entries;
}
