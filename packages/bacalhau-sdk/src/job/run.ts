import type { Execution, Job } from 'bacalhau-apiclient';
import { DEFAULT_NAMESPACE } from '../calls/index.js';
import { JobStoppedError, RequestAbortedError } from '../errors/index.js';
import { isWasm, phaseOf } from '../model/index.js';
import type { Nodes } from '../nodes/index.js';
import type { Transport } from '../transport/index.js';
import type { WaitOptions } from '../wait/index.js';
import { failureOf } from './failure.js';
import { JobExitError } from './job-exit-error.js';
import type { JobHandle } from './job-handle.js';
import { collectOutput } from './output.js';
import type { ExecutionOutput, RunResult } from './run-result.js';

export interface RunOptions extends WaitOptions {
  /** The namespace. Default: the job's own, else the client's. */
  readonly namespace?: string | undefined;
  /** Whether aborting the run stops the job. Default: true. */
  readonly stopOnAbort?: boolean | undefined;
  /** Whether an exit code that means failure rejects with `JobExitError`. Default: true. */
  readonly throwOnNonZeroExit?: boolean | undefined;
  /**
   * Whether a WebAssembly job without a publisher gets the first that the nodes have: what it printed can be had in
   * full from its results only. `RunResult.addedPublisher` says which. Default: true.
   */
  readonly addPublisher?: boolean | undefined;
}

/** Waits for the job's end and collects what came of it. */
export async function collectRun(
  handle: JobHandle,
  transport: Transport,
  addedPublisher: string | undefined,
  options: RunOptions,
): Promise<RunResult> {
  const { stopOnAbort = true, throwOnNonZeroExit = true, signal } = options;
  let job: Job;
  try {
    job = await handle.wait(options);
  } catch (error) {
    if (stopOnAbort && error instanceof RequestAbortedError && signal?.aborted) {
      // Whatever comes of it, the caller hears of the abort.
      await handle.stop('The run was aborted.').catch(() => undefined);
    }
    throw error;
  }
  await refuseBadEnding(handle, job);
  const result = await collect(handle, transport, job, addedPublisher, signal);
  if (throwOnNonZeroExit && result.exitCode !== 0) {
    throw new JobExitError(`Job ${job.ID} ended with exit code ${result.exitCode}.${lastWords(result.stderr)}`, result);
  }
  return result;
}

async function refuseBadEnding(handle: JobHandle, job: Job): Promise<void> {
  const state = job.State?.StateType;
  if (state === 'Stopped') {
    const reason = job.State?.Message;
    throw new JobStoppedError(`Job ${job.ID} was stopped${reason ? `: ${reason}` : ''}.`, job);
  }
  if (state === 'Failed') {
    const executions = await handle.executions({ limit: 0 });
    const history = await handle.history({ eventType: 'all' });
    throw failureOf(job, executions.items, history.items);
  }
}

async function collect(
  handle: JobHandle,
  transport: Transport,
  job: Job,
  addedPublisher: string | undefined,
  signal: AbortSignal | undefined,
): Promise<RunResult> {
  const { items } = await handle.executions({ limit: 0, signal });
  const executions: ExecutionOutput[] = [];
  const release = await transport.serverRelease({ signal });
  const completed = items.filter(({ ComputeState }) => phaseOf(ComputeState.StateType, release) === 'completed');
  for (const execution of completed.sort(byNode)) {
    executions.push(await collectOutput(execution, { transport, job, signal }));
  }
  const results = canPublish(job) ? await handle.results({ signal }) : [];
  return {
    jobId: job.ID ?? handle.id,
    namespace: job.Namespace ?? handle.namespace ?? DEFAULT_NAMESPACE,
    job,
    exitCode: executions.find(({ exitCode }) => !isSuccess(exitCode, job))?.exitCode ?? 0,
    stdout: executions.map(({ stdout }) => stdout).join(''),
    stderr: executions.map(({ stderr }) => stderr).join(''),
    outputComplete: executions.every(({ outputComplete }) => outputComplete),
    executions,
    results,
    addedPublisher,
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

/**
 * A WebAssembly job without a publisher gets the first that all its possible nodes have; other jobs stay as they are.
 *
 * @returns the type that was added, if any.
 */
export async function publisherFor(
  job: Job,
  nodes: Nodes,
  { addPublisher = true, signal }: RunOptions,
): Promise<string | undefined> {
  const [task] = job.Tasks;
  if (!addPublisher || !isWasm(job) || task?.Publisher?.Type || !canPublish(job)) return undefined;
  const connected = (await nodes.list({ status: 'connected', signal })).items;
  const offered = connected.flatMap(({ Info }) =>
    Info.ComputeNodeInfo?.Publishers ? [Info.ComputeNodeInfo.Publishers] : [],
  );
  return PUBLISHERS.find((type) => offered.length > 0 && offered.every((types) => types.includes(type)));
}

export function withPublisher(job: Job, type: string): Job {
  return { ...job, Tasks: job.Tasks.map((task) => ({ ...task, Publisher: { Type: type } })) };
}
