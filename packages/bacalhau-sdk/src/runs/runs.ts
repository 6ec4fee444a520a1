import type { ApiResource } from '../http/index.js';
import type { JobParts } from '../job/index.js';
import type { RunResult } from '../outcome/index.js';
import type { JobInput } from '../spec/index.js';
import { nameJob } from '../submission/index.js';
import { JobRun } from './job-run.js';
import type { RunOptions } from './options.js';
import { publisherLister } from './publisher.js';
import { checkQueueTimeout } from './queue-timeout.js';

export { mapJobs } from './map-jobs.js';

/** Runs one job to its end. */
export async function runJob(
  parts: JobParts & { readonly api: ApiResource },
  build: (signal: AbortSignal) => Promise<JobInput>,
  options: RunOptions,
): Promise<RunResult> {
  const { api, transport } = parts;
  const { namespace } = options;
  checkQueueTimeout(options.queueTimeoutMs);
  const intent = { ...options, stopReason: 'The run ended early.' };
  return new JobRun({ ...parts, listPublishers: publisherLister(transport) }, intent).submit(async (signal) => {
    const job = await build(signal);
    return { ...nameJob(job, api.requiredNamespace({ namespace })), waitsForServer: false };
  });
}
