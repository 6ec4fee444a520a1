import type { Job } from 'bacalhau-apiclient';
import type { JobCalls } from '../calls/index.js';
import { ConflictError, NotFoundError } from '../errors/index.js';
import type { CallOptions } from '../http/index.js';
import { NAME_LABEL } from '../spec/index.js';

/** What a submission asks of the server. */
export type SubmissionCalls = Pick<JobCalls, 'get' | 'list' | 'put'>;

/** Where a job is looked for. */
export interface JobLocation {
  readonly name: string;
  readonly namespace: string;
}

/** The job of that name, on servers from 1.8 on. */
export async function findByName(
  calls: SubmissionCalls,
  { name, namespace }: JobLocation,
  options: CallOptions,
): Promise<Job | undefined> {
  try {
    const { Job: job } = await calls.get(name, { ...options, namespace });
    // Servers take the beginning of an id, too.
    return job.Name === name && job.Namespace === namespace ? job : undefined;
  } catch (error) {
    // A name goes before the beginnings of ids, of which there may be several.
    if (error instanceof NotFoundError || error instanceof ConflictError) return undefined;
    throw error;
  }
}

/** The latest job with this label, on older servers, where a name may be that of many. */
export async function findByLabel(
  calls: SubmissionCalls,
  label: string,
  { namespace }: JobLocation,
  options: CallOptions,
): Promise<Job | undefined> {
  const { items } = await calls.list({
    ...options,
    namespace,
    labels: [`${NAME_LABEL}=${label}`],
    orderBy: 'created_at',
    reverse: true,
    limit: 1,
  });
  return items[0];
}
