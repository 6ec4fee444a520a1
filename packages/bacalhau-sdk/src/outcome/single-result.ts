import type { Job } from 'bacalhau-apiclient';
import { ApiError, DownloadError, InvalidJobError } from '../errors/index.js';
import type { Transport } from '../http/index.js';
import { canPublish, hasPublisher, reachableUrl, type TypedResult, type UrlResult } from '../model/index.js';
import { Nodes } from '../nodes/index.js';
import { isLoopback } from '../platform/index.js';
import type { JobResultInput } from '../result-inputs/index.js';
import type { RunResult } from './run-result.js';

/**
 * Checks that a job will have a result to read, so that nobody waits for one that will have none.
 *
 * @throws {DownloadError} with reason `no-results`.
 */
export function checkPublishes(job: Job): void {
  if (canPublish(job) && hasPublisher(job)) return;
  const why = canPublish(job)
    ? 'has no publisher. Set one, for example publishers.ipfs(), and run it again'
    : `is a ${job.Type} job, which publishes nothing. Run it as a batch or ops job`;
  throw new DownloadError(`Job ${job.ID} ${why}: there is no result of it to pass on.`, { reason: 'no-results' });
}

/**
 * Chooses the result that is to be an input.
 *
 * @throws {DownloadError} with reason `no-results` if there is none.
 * @throws {InvalidJobError} if there are several, or only the node that has it can reach it.
 */
export async function chooseResult(
  { jobId, typedResults, executions }: RunResult,
  { executionId, hosts = {} }: JobResultInput,
  { transport, signal }: { readonly transport: Transport; readonly signal: AbortSignal | undefined },
): Promise<TypedResult> {
  const chosen = typedResults.filter((result) => executionId === undefined || result.executionId === executionId);
  const [result, ...others] = chosen;
  if (result === undefined) {
    const what = executionId === undefined ? 'result' : `result of execution ${executionId}`;
    throw new DownloadError(`Job ${jobId} has no ${what} to pass on.`, { reason: 'no-results' });
  }
  if (others.length > 0) {
    const ids = chosen.map((one) => one.executionId).join(', ');
    throw new InvalidJobError('executionId', `is missing: job ${jobId} has a result of each execution: ${ids}.`);
  }
  const nodeId = executions.find((execution) => execution.executionId === result.executionId)?.nodeId;
  if (result.type === 'url' && isOnlyLocal(result, hosts) && (await hasOtherMachines(transport, nodeId, signal))) {
    const { host } = new URL(result.url);
    throw new InvalidJobError(
      'hosts',
      `has no ${host}, where only node ${nodeId} itself finds the result of job ${jobId}, and the job may run on another one. Pass the node's address, hosts: { "${host}": "HOST:PORT" } (that of the result again if all nodes are on one machine), or publish with publishers.ipfs() or s3().`,
    );
  }
  return result;
}

function isOnlyLocal({ url }: UrlResult, hosts: Readonly<Record<string, string>>): boolean {
  return URL.canParse(url) && reachableUrl(url, hosts) === undefined && isLoopback(new URL(url));
}

/**
 * Returns whether a job may run on another machine than that node's; false if the server does not tell. Where the orchestrator
 * is on this machine, so are the nodes: that is how one tries Bacalhau.
 */
async function hasOtherMachines(
  transport: Transport,
  nodeId: string | undefined,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const { config } = await transport.resolved();
  if (isLoopback(new URL(config.baseUrl))) return false;
  try {
    const { items } = await new Nodes(transport).list({ status: 'connected', signal });
    return items.some(({ Info }) => Info.ComputeNodeInfo !== undefined && Info.NodeID !== nodeId);
  } catch (error) {
    if (error instanceof ApiError) return false;
    throw error;
  }
}
