import type { Execution, Job } from 'bacalhau-apiclient';
import { BacalhauError, RequestAbortedError } from '../errors/index.js';
import { followLogs } from '../logs/index.js';
import { type Printed, printedOutput } from '../results/index.js';
import type { Transport } from '../transport/index.js';
import { isWasm } from './engine.js';
import type { ExecutionOutput } from './run-result.js';

/** Where an output is looked for. */
interface Surroundings {
  readonly transport: Transport;
  readonly job: Job;
  readonly signal: AbortSignal | undefined;
}

/**
 * What an execution printed, in full if it can be had: from its result, else from its log. What the execution itself
 * carries is the last resort: servers keep 2,048 bytes of it, or less without saying so (seen on 1.9.3).
 */
export async function outputOf(execution: Execution, surroundings: Surroundings): Promise<ExecutionOutput> {
  const { transport, job, signal } = surroundings;
  const { RunOutput: kept } = execution;
  const target = { transport, jobId: job.ID ?? '', namespace: job.Namespace };
  const printed =
    (await printedOutput(execution, target, { isWasm: isWasm(job), signal })) ??
    (await fromLog(execution, surroundings));
  return {
    executionId: execution.ID,
    nodeId: execution.NodeID,
    exitCode: kept?.ExitCode ?? 0,
    stdout: printed?.stdout ?? kept?.Stdout ?? '',
    stderr: printed?.stderr ?? kept?.stderr ?? '',
    outputComplete: printed?.complete ?? false,
    execution,
  };
}

/** Only Docker's output is in the log of servers from 1.8 on. */
async function fromLog({ ID }: Execution, { transport, job, signal }: Surroundings): Promise<Printed | undefined> {
  if (isWasm(job)) return undefined;
  const printed = { stdout: '', stderr: '', complete: true };
  const target = { jobId: job.ID ?? '', namespace: job.Namespace };
  try {
    for await (const { stream, text, incomplete } of followLogs(transport, target, { executionId: ID, signal })) {
      printed[stream] += text;
      if (incomplete) printed.complete = false;
    }
  } catch (error) {
    if (!(error instanceof BacalhauError) || error instanceof RequestAbortedError) throw error;
    return undefined;
  }
  return printed;
}
