import type { Execution, Job } from 'bacalhau-apiclient';
import { BacalhauError, RequestAbortedError } from '../errors/index.js';
import type { Transport } from '../http/index.js';
import { followLogs, type LogEntry, loadLogs } from '../logs/index.js';
import { isDocker } from '../model/index.js';
import type { ResultAccess } from '../results/index.js';
import type { ExecutionOutput } from './run-result.js';

/** Where an output is looked for. */
interface OutputContext {
  readonly transport: Transport;
  readonly job: Job;
  readonly signal: AbortSignal | undefined;
  /** With `beginning` nothing is asked: what the execution carries must do. */
  readonly output: 'whole' | 'beginning';
  readonly results: ResultAccess | undefined;
}

/**
 * What an execution printed and how it ended. The output is the whole one if it can be had: from the execution's result,
 * else from its log. The copy in its state is the last resort: servers keep 2,048 bytes of it, or less without saying
 * so (seen on 1.9.3).
 */
export async function collectOutput(execution: Execution, surroundings: OutputContext): Promise<ExecutionOutput> {
  const printed = { stdout: '', stderr: '', outputComplete: true };
  for await (const { stream, text, incomplete } of entriesOf(execution, surroundings)) {
    printed[stream] += text;
    if (incomplete) printed.outputComplete = false;
  }
  const { ID, NodeID, RunOutput } = execution;
  return { executionId: ID, nodeId: NodeID, exitCode: RunOutput?.ExitCode ?? 0, ...printed, execution };
}

async function* entriesOf(
  execution: Execution,
  { transport, job, signal, output, results }: OutputContext,
): AsyncGenerator<LogEntry, void, undefined> {
  if (output === 'beginning') {
    const { copiedOutput } = await loadLogs();
    yield* copiedOutput(execution);
    return;
  }
  const target = { jobId: job.ID ?? '', namespace: job.Namespace };
  const docker = isDocker(job);
  if (docker && !execution.PublishedResult?.Type) {
    const log = await readLog(transport, target, { executionId: execution.ID, signal, results });
    if (log !== undefined) {
      yield* log;
      return;
    }
  }
  const { executionOutput } = await loadLogs();
  yield* executionOutput(execution, { transport, ...target, signal, isDocker: docker, results });
}

/** In one piece: of a log that cannot be read to its end, nothing is used. */
async function readLog(...request: Parameters<typeof followLogs>): Promise<readonly LogEntry[] | undefined> {
  const entries: LogEntry[] = [];
  try {
    for await (const entry of followLogs(...request)) entries.push(entry);
  } catch (error) {
    if (!(error instanceof BacalhauError) || error instanceof RequestAbortedError) throw error;
    return undefined;
  }
  return entries;
}
