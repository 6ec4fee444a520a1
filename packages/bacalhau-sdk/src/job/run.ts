import type { Execution, Job } from 'bacalhau-apiclient';
import { DEFAULT_NAMESPACE } from '../calls/index.js';
import { JobStoppedError, RequestAbortedError } from '../errors/index.js';
import { isWasm, phaseOf } from '../model/index.js';
import type { Nodes } from '../nodes/index.js';
import { listResults } from '../results/index.js';
import type { OnExisting } from '../submission/index.js';
import { outlast, type Transport } from '../transport/index.js';
import type { WaitOptions } from '../wait/index.js';
import { failureOf } from './failure.js';
import { JobExitError } from './job-exit-error.js';
import { collectOutput } from './output.js';
import type { ExecutionOutput, RunResult } from './run-result.js';
import type { SubmittedJob } from './submitted-job.js';

export interface RunOptions extends WaitOptions {
  /** The namespace. Default: the job's own, else the client's. */
  readonly namespace?: string | undefined;
  /** What happens if there is a job of that name already. A job without a name gets a fresh one. Default: `reuse`. */
  readonly onExisting?: OnExisting | undefined;
  /** Whether aborting the run stops the job, unless it was there before. Default: true. */
  readonly stopOnAbort?: boolean | undefined;
  /** Whether an exit code that means failure rejects with `JobExitError`. Default: true. */
  readonly throwOnNonZeroExit?: boolean | undefined;
  /**
   * Whether a WebAssembly job without a publisher gets the first that the nodes have: what it printed can be had in
   * full from its results only. `RunResult.addedPublisher` says which. Default: true.
   */
  readonly addPublisher?: boolean | undefined;
  /**
   * How much of what the job printed is fetched: the `whole`; or its `beginning`, as far as the server has it at hand,
   * which takes no further request and needs no publisher: 2,048 bytes or less, under load perhaps nothing, and so
   * `outputComplete` is false. Default: `whole`.
   */
  readonly output?: 'whole' | 'beginning' | undefined;
}

/** Waits for the job's end and collects what came of it. */
export async function collectRun(
  handle: SubmittedJob,
  transport: Transport,
  addedPublisher: string | undefined,
  options: RunOptions & { readonly stopReason: string },
): Promise<RunResult> {
  const { stopOnAbort = true, throwOnNonZeroExit = true, signal, unreachableAfterMs, stopReason } = options;
  let job: Job;
  try {
    job = await handle.wait(options);
  } catch (error) {
    if (stopOnAbort && error instanceof RequestAbortedError && signal?.aborted) {
      // Whatever comes of it, the caller hears of the abort.
      await handle.stop(stopReason).catch(() => undefined);
    }
    throw error;
  }
  // It only reads, and what the job did must not be lost because the server is gone for a moment.
  const result = await outlast(
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
    throw failureOf(job, executions.items, history.items);
  }
}

async function collect(
  handle: SubmittedJob,
  transport: Transport,
  job: Job,
  addedPublisher: string | undefined,
  { signal, output = 'whole' }: RunOptions,
): Promise<RunResult> {
  const { items } = await handle.executions({ limit: 0, signal });
  const executions: ExecutionOutput[] = [];
  const release = await transport.serverRelease({ signal });
  const completed = items.filter(({ ComputeState }) => phaseOf(ComputeState.StateType, release) === 'completed');
  for (const execution of completed.sort(byNode)) {
    executions.push(await collectOutput(execution, { transport, job, signal, output }));
  }
  const jobId = job.ID ?? handle.id;
  const target = { transport, jobId, namespace: handle.namespace, executions: items };
  const results = canPublish(job) && hasPublisher(job) ? await listResults(target, { signal }) : [];
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

/** `service` and `daemon` jobs never complete, and so publish nothing. */
const canPublish = ({ Type }: Job): boolean => Type === 'batch' || Type === 'ops';

const byNode = (one: Execution, other: Execution): number =>
  one.NodeID.localeCompare(other.NodeID) || one.CreateTime - other.CreateTime;

/** -1 of a completed WebAssembly program: it returned without setting an exit code. */
const isSuccess = (exitCode: number, job: Job): boolean => exitCode === 0 || (exitCode === -1 && isWasm(job));

/** The end of what it complained about, for a message. */
function lastWords(stderr: string): string {
  const words = stderr.trim().split('\n').slice(-3).join('\n');
  return words === '' ? '' : ` It said: ${words.slice(-500)}`;
}

/** Publishers by how soon and how simply their results can be had. */
const PUBLISHERS = ['local', 's3managed', 'ipfs'];

const hasPublisher = ({ Tasks: [task] }: Job): boolean => Boolean(task?.Publisher?.Type);

/** The types of publishers that each connected node has. */
export type OfferedPublishers = (signal: AbortSignal | undefined) => Promise<readonly (readonly string[])[]>;

export const offeredPublishers =
  (nodes: Nodes): OfferedPublishers =>
  async (signal) => {
    const { items } = await nodes.list({ status: 'connected', signal });
    return items.flatMap(({ Info }) => (Info.ComputeNodeInfo?.Publishers ? [Info.ComputeNodeInfo.Publishers] : []));
  };

/**
 * A WebAssembly job without a publisher gets the first that all its possible nodes have; other jobs stay as they are.
 *
 * @returns the type that was added, if any.
 */
export async function publisherFor(
  job: Job,
  offeredByNodes: OfferedPublishers,
  { addPublisher = true, output = 'whole', signal }: RunOptions,
): Promise<string | undefined> {
  if (!addPublisher || output === 'beginning' || !isWasm(job) || hasPublisher(job) || !canPublish(job))
    return undefined;
  const offered = await offeredByNodes(signal);
  return PUBLISHERS.find((type) => offered.length > 0 && offered.every((types) => types.includes(type)));
}

export function withPublisher<J extends Job>(job: J, type: string): J {
  return { ...job, Tasks: job.Tasks.map((task) => ({ ...task, Publisher: { Type: type } })) };
}
