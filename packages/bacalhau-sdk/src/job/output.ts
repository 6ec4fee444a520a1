import type { Execution, Job } from 'bacalhau-apiclient';
import { BacalhauError, RequestAbortedError } from '../errors/index.js';
import { followLogs } from '../logs/index.js';
import { resultFiles } from '../results/index.js';
import type { Transport } from '../transport/index.js';
import { isWasm } from './engine.js';
import type { ExecutionOutput } from './run-result.js';

/** Where an output is looked for. */
interface Surroundings {
  readonly transport: Transport;
  readonly job: Job;
  readonly signal: AbortSignal | undefined;
}

/** What a program printed. */
interface Output {
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * What an execution printed, in full if it can be had: from its result, else from its log. What the execution itself
 * carries is the last resort: servers keep 2,048 bytes of it, or less without saying so (seen on 1.9.3).
 */
export async function outputOf(execution: Execution, surroundings: Surroundings): Promise<ExecutionOutput> {
  const { RunOutput: kept } = execution;
  const whole = (await fromResult(execution, surroundings)) ?? (await fromLog(execution, surroundings));
  return {
    executionId: execution.ID,
    nodeId: execution.NodeID,
    exitCode: kept?.ExitCode ?? 0,
    stdout: whole?.stdout ?? kept?.Stdout ?? '',
    stderr: whole?.stderr ?? kept?.stderr ?? '',
    outputComplete: whole !== undefined && !losesOutput(execution, surroundings.job),
    execution,
  };
}

/**
 * Servers read the first thing that a WebAssembly program writes into a buffer of 2,049 bytes and drop what is beyond,
 * from the archive too (seen on 1.9.3). That it was full is what they call truncated.
 */
function losesOutput({ RunOutput: kept }: Execution, job: Job): boolean {
  return isWasm(job) && (kept?.StdoutTruncated === true || kept?.StderrTruncated === true);
}

async function fromResult(
  { ID, PublishedResult }: Execution,
  { transport, job, signal }: Surroundings,
): Promise<Output | undefined> {
  if (!PublishedResult?.Type) return undefined;
  return ifPossible(async () => {
    const output = { stdout: '', stderr: '' };
    const target = { transport, jobId: job.ID ?? '', namespace: job.Namespace };
    for await (const file of resultFiles(target, { executionId: ID, signal, maxRetries: 1 })) {
      if (file.path === 'stdout') output.stdout = await file.text();
      else if (file.path === 'stderr') output.stderr = await file.text();
    }
    return output;
  });
}

/** Only Docker's output is in the log of servers from 1.8 on. */
async function fromLog({ ID }: Execution, { transport, job, signal }: Surroundings): Promise<Output | undefined> {
  if (isWasm(job)) return undefined;
  return ifPossible(async () => {
    const output = { stdout: '', stderr: '' };
    const target = { jobId: job.ID ?? '', namespace: job.Namespace };
    for await (const { stream, text } of followLogs(transport, target, { executionId: ID, signal }))
      output[stream] += text;
    return output;
  });
}

/** A place that cannot be read leaves the next one; only giving up is passed on. */
async function ifPossible(read: () => Promise<Output>): Promise<Output | undefined> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof BacalhauError) || error instanceof RequestAbortedError) throw error;
    return undefined;
  }
}
