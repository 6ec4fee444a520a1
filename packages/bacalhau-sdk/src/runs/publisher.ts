import type { Job } from 'bacalhau-apiclient';
import { isWasm } from '../model/index.js';
import type { RunOptions } from '../outcome/index.js';

/** `service` and `daemon` jobs never complete, and so publish nothing. */
export const canPublish = ({ Type }: Job): boolean => Type === 'batch' || Type === 'ops';

export const hasPublisher = ({ Tasks: [task] }: Job): boolean => Boolean(task?.Publisher?.Type);

/** Publishers by how soon and how simply their results can be had. */
const PUBLISHERS = ['local', 's3managed', 'ipfs'];

/** The types of publishers that each connected node has. */
export type OfferedPublishers = (signal: AbortSignal | undefined) => Promise<readonly (readonly string[])[]>;

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
  const isWanted = addPublisher && output === 'whole';
  if (!isWanted || !isWasm(job) || hasPublisher(job) || !canPublish(job)) return undefined;
  const offered = await offeredByNodes(signal);
  return PUBLISHERS.find((type) => offered.length > 0 && offered.every((types) => types.includes(type)));
}
