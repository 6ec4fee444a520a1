import type { Execution, Job } from 'bacalhau-apiclient';
import { listExecutions, listHistory } from '../calls/index.js';
import { ApiError, JobStoppedError, RateLimitError, ServerError } from '../errors/index.js';
import { ApiResource, type PagePromise, retryWhileUnreachable, stepPolicy, type Transport } from '../http/index.js';
import { canPublish, DEFAULT_NAMESPACE, hasPublisher, phaseOf, type ServerRelease } from '../model/index.js';
import { loadResults } from '../results/index.js';
import type { JobIdentity } from '../spec/index.js';
import type { SubmissionDetails } from '../submission/index.js';
import { onAbort } from '../util/index.js';
import type { EndedJob, Waiter } from '../waiting/index.js';
import { JobExitError } from './job-exit-error.js';
import { jobFailure } from './job-failure.js';
import { LiveLog } from './live-log.js';
import type { JobResultOptions } from './options.js';
import { collectOutput } from './output.js';
import type { ExecutionOutput, RunResult } from './run-result.js';

/** The job whose result is wanted, and what is known of its submission. */
export interface ResultSource {
  readonly transport: Transport;
  readonly waiter: Waiter;
  readonly id: string;
  readonly namespace: string | undefined;
  /** By what the job is recognised, if its id is known from the answer to its submission only. */
  readonly identity?: JobIdentity | undefined;
  readonly submission: SubmissionDetails;
  readonly addedPublisher: string | undefined;
  /** Returns how long it will presumably still take when it has been waited for so long, in milliseconds. */
  readonly remainingMs?: ((elapsedMs: number) => number) | undefined;
}

/** The deadline is the signal's. */
type AwaitOptions = Omit<JobResultOptions, 'timeoutMs' | 'signal'> & { readonly signal: AbortSignal };

/**
 * Waits for the end of a job and collects its result.
 *
 * @throws {JobExitError} {JobFailedError} {JobStoppedError}
 */
export async function awaitResult(source: ResultSource, options: AwaitOptions): Promise<RunResult> {
  const { transport } = source;
  const { onLog, output, results, signal } = options;
  if (onLog === undefined) return resultOf(source, options, undefined);
  const stopper = new AbortController();
  const remove = onAbort(signal, () => stopper.abort(signal.reason));
  if (signal.aborted) stopper.abort(signal.reason);
  const liveLog = new LiveLog({
    ...{ transport, onLog, results, signal: stopper.signal },
    isKept: output !== 'beginning',
  });
  try {
    return await liveLog.guard(resultOf(source, { ...options, signal: stopper.signal }, liveLog));
  } finally {
    remove();
    stopper.abort();
  }
}

async function resultOf(source: ResultSource, options: AwaitOptions, liveLog: LiveLog | undefined): Promise<RunResult> {
  const { throwOnNonZeroExit = true, signal, unreachableAfterMs } = options;
  const { transport, waiter, id: jobId, namespace, identity, remainingMs } = source;
  const onUpdate = (job: Job): unknown => {
    liveLog?.follow(job);
    return options.onUpdate?.(job);
  };
  // A log is followed from the beginning.
  const duration = liveLog === undefined ? { remainingMs } : {};
  const toAwait = { jobId, namespace, identity, ...duration, withExecutions: true };
  const { job, executions } = await waiter.wait(toAwait, { signal, onUpdate, unreachableAfterMs });
  liveLog?.jobEnded();
  if (job.State?.StateType !== 'Completed') await liveLog?.endOf(executions ?? []);
  const api = new ApiResource(transport, { namespace });
  // It only reads, and the result of a job must not be lost because the server is unreachable for a moment.
  const result = await retryWhileUnreachable(
    transport,
    'jobs.run',
    async () => {
      await rejectUnlessCompleted(api, job, signal);
      return collect(api, source, { job, executions }, { ...options, liveLog });
    },
    { signal, longestMs: unreachableAfterMs },
  );
  await liveLog?.completeWith(result.executions);
  if (throwOnNonZeroExit && result.exitCode !== 0) {
    const stderr = lastLines(result.stderr);
    const quoted = stderr === '' ? '' : ` It printed: ${stderr}`;
    throw new JobExitError(`Job ${job.ID} ended with exit code ${result.exitCode}.${quoted}`, result);
  }
  return result;
}

async function rejectUnlessCompleted(api: ApiResource, job: Job, signal: AbortSignal | undefined): Promise<void> {
  const state = job.State?.StateType;
  if (state === 'Stopped') {
    const reason = await stopReason(api, job, signal);
    throw new JobStoppedError(`Job ${job.ID} was stopped${reason ? `: ${reason}` : ''}.`, job, reason);
  }
  if (state === 'Failed') {
    const jobId = job.ID ?? '';
    const executions = await itemsIfUsable(listExecutions(api, jobId, { limit: 0, signal }));
    const history = await itemsIfUsable(listHistory(api, jobId, { eventType: 'all', signal }));
    throw jobFailure(job, executions, history);
  }
}

/** What 1.4 says of every job that was stopped. There, the reason is in the job's history alone. */
const WITHOUT_REASON = 'Job requested to stop before completion';

async function stopReason(api: ApiResource, job: Job, signal: AbortSignal | undefined): Promise<string | undefined> {
  const message = job.State?.Message;
  if (message !== WITHOUT_REASON) return message;
  const history = await itemsIfUsable(listHistory(api, job.ID ?? '', { eventType: 'job', signal }));
  return history.filter(({ JobState }) => JobState?.New === 'Stopped').at(-1)?.Event.Details?.['Reason'] ?? message;
}

/**
 * Returns the items, or none if the server refuses the list or sends an invalid one, which must not hide what else is known
 * of a failure.
 */
async function itemsIfUsable<T>(list: PagePromise<T>): Promise<readonly T[]> {
  try {
    return (await list).items;
  } catch (error) {
    const isOutage = error instanceof ServerError && stepPolicy.isRetryable(error);
    if (error instanceof ApiError && !isOutage && !(error instanceof RateLimitError)) return [];
    throw error;
  }
}

async function collect(
  api: ApiResource,
  { transport, id, namespace, submission, addedPublisher }: ResultSource,
  { job, executions: known }: EndedJob,
  { signal, output = 'whole', results: access, liveLog }: AwaitOptions & { readonly liveLog: LiveLog | undefined },
): Promise<RunResult> {
  const jobId = job.ID ?? id;
  const release = await transport.serverRelease({ signal });
  const { items, completed } = await completedExecutions(api, { jobId, known }, release, signal);
  const executions: ExecutionOutput[] = [];
  // The output of all executions is one string.
  let maxLength = transport.maxResponseBytes({});
  for (const execution of completed.sort(byNode)) {
    const source = { transport, job, signal, output, results: access, liveLog, maxLength };
    const printed = await collectOutput(execution, source);
    maxLength -= printed.stdout.length + printed.stderr.length;
    executions.push(printed);
  }
  const target = { transport, jobId, namespace, executions: items };
  const typedResults =
    canPublish(job) && hasPublisher(job) ? await (await loadResults()).listResults(target, { signal }) : [];
  return {
    jobId,
    namespace: job.Namespace ?? namespace ?? DEFAULT_NAMESPACE,
    job,
    exitCode: executions.find(({ exitCode }) => exitCode !== 0)?.exitCode ?? 0,
    stdout: executions.map(({ stdout }) => stdout).join(''),
    stderr: executions.map(({ stderr }) => stderr).join(''),
    outputComplete: executions.every(({ outputComplete }) => outputComplete),
    executions,
    typedResults,
    addedPublisher,
    attempts: submission.attempts,
    deduplicated: submission.deduplicated,
    warnings: submission.warnings,
  };
}

/**
 * Lists the executions, unless they are known. One of them has completed if the job has: a list without that is another
 * job's, and is requested again.
 */
async function completedExecutions(
  api: ApiResource,
  { jobId, known }: { readonly jobId: string; readonly known: readonly Execution[] | undefined },
  release: ServerRelease | undefined,
  signal: AbortSignal | undefined,
): Promise<{ readonly items: readonly Execution[]; readonly completed: Execution[] }> {
  const completedOf = (items: readonly Execution[]): Execution[] =>
    items.filter((execution) => phaseOf(execution, release) === 'completed');
  if (known !== undefined && completedOf(known).length > 0) return { items: known, completed: completedOf(known) };
  for (let attempt = 1; ; attempt += 1) {
    const { items } = await listExecutions(api, jobId, { limit: 0, signal });
    const completed = completedOf(items);
    if (completed.length > 0 || attempt > api.transport.maxRetries({})) return { items, completed };
  }
}

const byNode = (one: Execution, other: Execution): number =>
  one.NodeID.localeCompare(other.NodeID) || one.CreateTime - other.CreateTime;

/** Returns the end of the standard error, for a message. */
const lastLines = (stderr: string): string => stderr.trim().split('\n').slice(-3).join('\n').slice(-500);
