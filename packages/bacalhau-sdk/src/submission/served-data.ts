import type { Job } from 'bacalhau-apiclient';
import type { ApiResource, CallOptions } from '../http/index.js';
import { loadServedInputs } from '../served-inputs/index.js';
import { type JobInput, serversOf } from '../spec/index.js';

/** What a job is stopped with whose input nobody serves any more. */
export const DATA_GONE_REASON = 'The program that served its input has ended.';

/** Closes what serves the inputs of a job that was not submitted. */
export function closeServers(job: JobInput): void {
  for (const server of serversOf(job)) server.close();
}

/** Closes what serves the inputs of a job once the job has ended, or the client is closed. */
export async function closeServersAfter(
  job: JobInput,
  submitted: { readonly id: string; readonly namespace: string },
  api: ApiResource,
): Promise<void> {
  if (serversOf(job).length > 0) (await loadServedInputs()).closeServersAfter(job, submitted, api);
}

/** Returns whether a job waits for a file that another process has served and that is gone. */
export const hasLostItsData = async (
  api: ApiResource,
  wanted: JobInput,
  found: Job,
  options: CallOptions,
): Promise<boolean> =>
  serversOf(wanted).length > 0 && (await loadServedInputs()).hasLostItsData(api, wanted, found, options);
