import type { Execution, Job } from 'bacalhau-apiclient';
import { DEFAULT_NAMESPACE } from '../calls/index.js';
import { JobStoppedError } from '../errors/index.js';
import { retryWhileUnreachable, type Transport } from '../http/index.js';
import type { SubmittedJob } from '../job/index.js';
import { isWasm, phaseOf } from '../model/index.js';
import { loadResults } from '../results/index.js';
import { canPublish, hasPublisher } from '../runs/index.js';
import { JobExitError } from './job-exit-error.js';
import { jobFailure } from './job-failure.js';
import { collectOutput } from './output.js';
import type { RunOptions } from './run-options.js';
import type { ExecutionOutput, RunResult } from './run-result.js';

/** What came of a run whose job has ended. */
export async function collectOutcome(
  handle: SubmittedJob,
  transport: Transport,
  job: Job,
  addedPublisher: string | undefined,
  options: RunOptions,
): Promise<RunResult> {
  const { throwOnNonZeroExit = true, signal, unreachableAfterMs } = options;
  // It only reads, and what the job did must not be lost because the server is gone for a moment.
  const result = await retryWhileUnreachable(
    transport,
    'jobs.run',
    async () => {
      await refuseBadEnding(handle, job, signal);
      return collect(handle, transport, job, addedPublisher, options);
    },
    { signal, longestMs: unreachableAfterMs },
  );
  if (throwOnNonZeroExit && result.exitCode !== 0) {
    throw new JobExitError(`Job ${job.ID} ended with exit code ${result.exitCode}.${lastWords(result.stderr)}`, result);
  }
  return result;
}

async function refuseBadEnding(handle: SubmittedJob, job: Job, signal: AbortSignal | undefined): Promise<void> {
  const state = job.State?.StateType;
  if (state === 'Stopped') {
    const reason = job.State?.Message;
    throw new JobStoppedError(`Job ${job.ID} was stopped${reason ? `: ${reason}` : ''}.`, job);
  }
  if (state === 'Failed') {
    const executions = await handle.executions({ limit: 0, signal });
    const history = await handle.history({ eventType: 'all', signal });
    throw jobFailure(job, executions.items, history.items);
  }
}

async function collect(
  handle: SubmittedJob,
  transport: Transport,
  job: Job,
  addedPublisher: string | undefined,
  { signal, output = 'whole', results: places }: RunOptions,
): Promise<RunResult> {
  const { items } = await handle.executions({ limit: 0, signal });
  const executions: ExecutionOutput[] = [];
  const release = await transport.serverRelease({ signal });
  const completed = items.filter(({ ComputeState }) => phaseOf(ComputeState.StateType, release) === 'completed');
  for (const execution of completed.sort(byNode)) {
    executions.push(await collectOutput(execution, { transport, job, signal, output, results: places }));
  }
  const jobId = job.ID ?? handle.id;
  const target = { transport, jobId, namespace: handle.namespace, executions: items };
  const results =
    canPublish(job) && hasPublisher(job) ? await (await loadResults()).listResults(target, { signal }) : [];
  return {
    jobId,
    namespace: job.Namespace ?? handle.namespace ?? DEFAULT_NAMESPACE,
    job,
    exitCode: executions.find(({ exitCode }) => !isSuccess(exitCode, job))?.exitCode ?? 0,
    stdout: executions.map(({ stdout }) => stdout).join(''),
    stderr: executions.map(({ stderr }) => stderr).join(''),
    outputComplete: executions.every(({ outputComplete }) => outputComplete),
    executions,
    results,
    addedPublisher,
    attempts: handle.attempts,
    deduplicated: handle.deduplicated,
    warnings: handle.warnings,
  };
}

const byNode = (one: Execution, other: Execution): number =>
  one.NodeID.localeCompare(other.NodeID) || one.CreateTime - other.CreateTime;

/** -1 of a completed WebAssembly program: it returned without setting an exit code. */
const isSuccess = (exitCode: number, job: Job): boolean => exitCode === 0 || (exitCode === -1 && isWasm(job));

/** The end of what it complained about, for a message. */
function lastWords(stderr: string): string {
  const words = stderr.trim().split('\n').slice(-3).join('\n');
  return words === '' ? '' : ` It said: ${words.slice(-500)}`;
}
