import type { Job } from 'bacalhau-apiclient';
import type { Transport } from '../http/index.js';
import { canPublish, hasPublisher, isWasm } from '../model/index.js';
import { Nodes } from '../nodes/index.js';
import { raceAbort } from '../util/index.js';
import type { RunOptions } from './options.js';

/** Publishers by how soon and how simply their results can be fetched. */
const PUBLISHERS = ['local', 's3managed', 'ipfs'];

/** Lists the types of publishers that each connected node has. */
export type ListPublishers = (signal: AbortSignal | undefined) => Promise<readonly (readonly string[])[]>;

export const publisherLister =
  (transport: Transport): ListPublishers =>
  async (signal) => {
    const { items } = await new Nodes(transport).list({ status: 'connected', signal });
    return items.flatMap(({ Info }) => (Info.ComputeNodeInfo?.Publishers ? [Info.ComputeNodeInfo.Publishers] : []));
  };

/**
 * Shares one answer between many jobs that are submitted together. A failure is not kept, and the request does not end with
 * the job that happened to be the first.
 *
 * @param signal ends the request with all of them.
 */
export function shared(list: ListPublishers, signal: AbortSignal | undefined): ListPublishers {
  let answer: ReturnType<ListPublishers> | undefined;
  return (own) => {
    answer ??= list(signal).catch((error: unknown) => {
      answer = undefined;
      throw error;
    });
    return own === undefined ? answer : raceAbort(answer, own);
  };
}

/**
 * Chooses a publisher for a WebAssembly job that has none: the first that all nodes have. Other jobs get none.
 *
 * @returns the type to add, if any.
 */
export async function publisherFor(
  job: Job,
  listPublishers: ListPublishers,
  { addPublisher = true, output = 'whole', signal }: RunOptions,
): Promise<string | undefined> {
  const isWanted = addPublisher && output === 'whole';
  if (!isWanted || !isWasm(job) || hasPublisher(job) || !canPublish(job)) return undefined;
  const offered = await listPublishers(signal);
  return PUBLISHERS.find((type) => offered.length > 0 && offered.every((types) => types.includes(type)));
}

export function withPublisher<J extends Job>(job: J, type: string | undefined): J {
  if (type === undefined) return job;
  return { ...job, Tasks: job.Tasks.map((task) => ({ ...task, Publisher: { Type: type } })) };
}
