import type { Execution, SpecConfig } from 'bacalhau-apiclient';
import { getJob, listExecutions, listResults } from '../calls/index.js';
import { DownloadError, ServerError } from '../errors/index.js';
import { ApiResource, type Transport } from '../http/index.js';
import type { TypedResult } from '../model/index.js';
import { typedResults } from './typed-results.js';
import type { ListResultsOptions } from './types.js';

/** A job by id or name, on the server that `transport` calls. */
export interface ResultsTarget {
  readonly transport: Transport;
  readonly jobId: string;
  /** Default: the client's. */
  readonly namespace?: string | undefined;
  /** The executions whose results are wanted, if they are known already. Default: the server's list. */
  readonly executions?: readonly Execution[] | undefined;
}

/** How often the results are listed before the server's list counts as one of another job. */
const ATTEMPTS = 3;

/**
 * Finds where the results of a job are, each with the execution that made it. Empty while there are none. A list of results
 * does not name its job, so one that names executions of other jobs only is a response to another request, and is requested
 * again (docs/requests-in-flight.md).
 */
export async function findResults(target: ResultsTarget, options: ListResultsOptions): Promise<TypedResult[]> {
  const { executionId, signal } = options;
  for (let attempt = 1; ; attempt += 1) {
    const items = await listItems(target, options);
    if (items.length === 0) return [];
    const executions =
      target.executions ?? (await listExecutions(apiOf(target), target.jobId, { limit: 0, signal })).items;
    const results = typedResults(items, executions);
    if (!areForeign(results, executions) || !areForeign(results, await allExecutions(target, signal))) {
      return executionId === undefined ? results : results.filter((result) => result.executionId === executionId);
    }
    if (attempt === ATTEMPTS) {
      throw new DownloadError(
        `The server listed results of other jobs as those of job ${target.jobId}, ${ATTEMPTS} times. Try again later.`,
        { reason: 'no-results' },
      );
    }
  }
}

const areForeign = (results: readonly TypedResult[], executions: readonly Execution[]): boolean =>
  executions.length > 0 &&
  results.every(({ executionId }) => executionId !== undefined && !executions.some(({ ID }) => ID === executionId));

/** Lists the executions of all versions of the job: a result may be that of an earlier one. */
const allExecutions = async (target: ResultsTarget, signal: AbortSignal | undefined): Promise<readonly Execution[]> =>
  (await listExecutions(apiOf(target), target.jobId, { limit: 0, allJobVersions: true, signal })).items;

/**
 * Finds the results of a job that must have some.
 *
 * @throws {DownloadError} with reason `no-results`.
 */
export async function requireResults(target: ResultsTarget, options: ListResultsOptions): Promise<TypedResult[]> {
  const results = await findResults(target, options);
  if (results.length > 0) return results;
  throw new DownloadError(await noResultsMessage(target, options), { reason: 'no-results' });
}

async function listItems(target: ResultsTarget, { signal }: ListResultsOptions): Promise<readonly SpecConfig[]> {
  const api = apiOf(target);
  const { jobId } = target;
  try {
    return (await listResults(api, jobId, { signal })).items;
  } catch (error) {
    // Servers report this for the types of job that publish nothing.
    if (!(error instanceof ServerError) || error.status !== 500) throw error;
    const type = await getJob(api, jobId, { signal }).then(
      ({ Job }) => Job.Type,
      () => undefined,
    );
    if (type !== 'service' && type !== 'daemon') throw error;
    throw new DownloadError(
      `Job ${jobId} is a ${type} job, which publishes no results. Read its logs, or run it as a batch or ops job.`,
      { reason: 'no-results' },
      { cause: error },
    );
  }
}

async function noResultsMessage(target: ResultsTarget, options: ListResultsOptions): Promise<string> {
  const { Job } = await getJob(apiOf(target), target.jobId, { signal: options.signal });
  const state = Job.State?.StateType;
  const publisher = Job.Tasks[0]?.Publisher?.Type;
  const job = `Job ${target.jobId}`;
  if (options.executionId !== undefined) return `${job} has no result of execution ${options.executionId}.`;
  switch (state) {
    case 'Completed':
      return publisher === undefined || publisher === '' || publisher === 'noop'
        ? `${job} has no publisher, so no results were stored. Set the Publisher of its task, for example to { Type: 'local' }, and run it again.`
        : `${job} has completed, but its publisher ${publisher} has no result of it. Check the executions of the job.`;
    case 'Failed':
    case 'Stopped':
      return `${job} has ${state.toLowerCase()}: only executions that complete publish results. Check its executions and its history.`;
    default:
      return `${job} is ${state?.toLowerCase() ?? 'in an unknown state'} and has no results yet. Wait until it has completed.`;
  }
}

const apiOf = ({ transport, namespace }: ResultsTarget): ApiResource =>
  new ApiResource(transport, { namespace: transport.namespaceFor({ namespace }) });
