import type { Job } from 'bacalhau-apiclient';
import { getJob, listJobs } from '../calls/index.js';
import { ConflictError, NotFoundError } from '../errors/index.js';
import type { ApiResource, CallOptions } from '../http/index.js';
import { NAME_LABEL } from '../spec/index.js';

/** A job's name, and the namespace in which it is unique. */
export interface JobLocation {
  readonly name: string;
  readonly namespace: string;
}

/** Looks a job up by its name, on servers from 1.8 on. */
export async function findByName(
  api: ApiResource,
  { name, namespace }: JobLocation,
  options: CallOptions,
): Promise<Job | undefined> {
  try {
    const { Job: job } = await getJob(api, name, { ...options, namespace });
    // Servers accept the beginning of an id, too.
    return job.Name === name && job.Namespace === namespace ? job : undefined;
  } catch (error) {
    // A name takes precedence over the beginnings of ids, of which there may be several.
    if (error instanceof NotFoundError || error instanceof ConflictError) return undefined;
    throw error;
  }
}

/** Looks up the latest job with this label, on older servers, where several jobs may have the same name. */
export async function findByLabel(
  api: ApiResource,
  label: string,
  { namespace }: JobLocation,
  options: CallOptions,
): Promise<Job | undefined> {
  const { items } = await listJobs(api, {
    ...options,
    namespace,
    labels: [`${NAME_LABEL}=${label}`],
    orderBy: 'created_at',
    reverse: true,
    limit: 1,
  });
  return items[0];
}
