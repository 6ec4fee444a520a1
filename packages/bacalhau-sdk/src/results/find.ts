import type { Execution, SpecConfig } from 'bacalhau-apiclient';
import { DownloadError, ServerError } from '../errors/index.js';
import type { Transport } from '../http/index.js';
import { typedResults } from './typed-results.js';
import type { ListResultsOptions, TypedResult } from './types.js';

/** A job by id or name, on the server that `transport` calls. */
export interface ResultsTarget {
  readonly transport: Transport;
  readonly jobId: string;
  /** Default: the client's. */
  readonly namespace?: string | undefined;
  /** The executions whose results are wanted, if they are known already. Default: the server's list. */
  readonly executions?: readonly Execution[] | undefined;
}

/** Finds where the results of a job are, each with the execution that made it. Empty while there are none. */
export async function findResults(target: ResultsTarget, options: ListResultsOptions): Promise<TypedResult[]> {
  const items = await listItems(target, options);
  if (items.length === 0) return [];
  const results = typedResults(items, target.executions ?? (await listExecutions(target, options)));
  const { executionId } = options;
  return executionId === undefined ? results : results.filter((result) => result.executionId === executionId);
}

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

async function listItems(target: ResultsTarget, options: ListResultsOptions): Promise<readonly SpecConfig[]> {
  const { transport, jobId } = target;
  try {
    const answer = await transport.call(
      {
        name: 'jobs.results',
        safe: true,
        requiredField: 'Items',
        send: ({ jobs }, sending) => jobs.listJobResults({ jobId, ...namespaceOf(target) }, sending),
      },
      { signal: options.signal },
    );
    return answer.Items;
  } catch (error) {
    // Servers report this for the types of job that publish nothing.
    if (!(error instanceof ServerError) || error.status !== 500) throw error;
    const { Type } = await getJob(target, options).catch(() => ({ Type: undefined }));
    if (Type !== 'service' && Type !== 'daemon') throw error;
    throw new DownloadError(
      `Job ${jobId} is a ${Type} job, which publish no results. Read its logs, or run it as a batch or ops job.`,
      { reason: 'no-results' },
      { cause: error },
    );
  }
}

async function listExecutions(target: ResultsTarget, { signal }: ListResultsOptions): Promise<readonly Execution[]> {
  const { transport, jobId } = target;
  const { Items } = await transport.call(
    {
      name: 'jobs.executions',
      safe: true,
      requiredField: 'Items',
      send: ({ jobs }, sending) => jobs.listJobExecutions({ jobId, limit: 0, ...namespaceOf(target) }, sending),
    },
    { signal },
  );
  return Items;
}

async function getJob(target: ResultsTarget, { signal }: ListResultsOptions) {
  const { transport, jobId } = target;
  const { Job } = await transport.call(
    {
      name: 'jobs.get',
      safe: true,
      send: ({ jobs }, sending) => jobs.getJob({ jobId, ...namespaceOf(target) }, sending),
    },
    { signal },
  );
  return { Type: Job?.Type, state: Job?.State?.StateType, publisher: Job?.Tasks[0]?.Publisher?.Type };
}

async function noResultsMessage(target: ResultsTarget, options: ListResultsOptions): Promise<string> {
  const { state, publisher } = await getJob(target, options);
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

function namespaceOf({ namespace, transport }: ResultsTarget): { namespace?: string } {
  const name = namespace ?? transport.config.namespace;
  return name === undefined ? {} : { namespace: name };
}
