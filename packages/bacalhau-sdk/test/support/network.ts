import { Bacalhau } from '../../src/client/bacalhau.js';
import type { ClientOptions } from '../../src/http/options.js';
import type { Execution, Job } from '../../src/index.js';
import { keyDirectory } from './key-directory.js';
import { networkUrl } from './server.js';

export { networkUrl };

/** A client of the test network, closed after the tests of the file. Call it outside of tests. */
export function networkClient(options: ClientOptions = {}): Bacalhau {
  const bacalhau = new Bacalhau({ baseUrl: networkUrl(), env: {}, dir: keyDirectory(), ...options });
  afterAll(() => bacalhau.close());
  return bacalhau;
}

/** A name that no other test uses. */
export const freshName = (prefix: string): string => `${prefix}-${crypto.randomUUID().slice(0, 8)}`;

/** Polls until the job has ended, a minute at most. */
export async function ended(bacalhau: Bacalhau, jobId: string, namespace?: string): Promise<Job> {
  const deadline = Date.now() + 60_000;
  for (;;) {
    const { Job: job } = await bacalhau.jobs.get(jobId, { namespace });
    const state = job?.State?.StateType ?? 'missing';
    if (job !== undefined && ['Completed', 'Failed', 'Stopped'].includes(state)) return job;
    if (Date.now() > deadline) throw new Error(`Job ${jobId} is still ${state} after a minute.`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** The only execution of a job that ran once. */
export async function onlyExecution(bacalhau: Bacalhau, jobId: string): Promise<Execution> {
  const { items } = await bacalhau.jobs.executions(jobId);
  const [execution] = items;
  if (execution === undefined || items.length !== 1) throw new Error(`Job ${jobId} has ${items.length} executions.`);
  return execution;
}

/** All entries of a list, through all its pages. */
export async function collect<T>(list: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of list) items.push(item);
  return items;
}
