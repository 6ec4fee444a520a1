import type { Job } from 'bacalhau-apiclient';
import { getJob, listJobs } from '../calls/index.js';
import { ApiError, ConflictError, NotFoundError } from '../errors/index.js';
import type { ApiResource, CallOptions, Transport } from '../http/index.js';
import { isAtLeast, type ServerRelease } from '../model/index.js';
import { hashOf, isOwnJob, type JobIdentity, NAME_LABEL } from '../spec/index.js';

/** A job's name, and the namespace in which it is unique. */
export interface JobLocation {
  readonly name: string;
  readonly namespace: string;
}

/** How jobs are looked up on a server. */
export interface JobLookup {
  /** Whether the server is known to identify jobs by their names, as those from 1.8 on do. */
  readonly hasNames: boolean;
  /** Whether it is known not to. */
  readonly lacksNames: boolean;
  /** The label by which the job is found where names may not be. */
  readonly label: string | undefined;
  find(options: CallOptions): Promise<Job | undefined>;
  /** Lists the jobs with the label: older servers may have several of one name. None where names are unique. */
  list(options: CallOptions): Promise<readonly Job[]>;
}

/** Finds out how a job can be looked up. */
export async function jobLookup(api: ApiResource, location: JobLocation, options: CallOptions): Promise<JobLookup> {
  const release = await releaseOf(api.transport, options);
  const hasNames = release !== 'unknown' && isAtLeast(release, '1.8.0');
  const lacksNames = release !== 'unknown' && !hasNames;
  const label = hasNames ? undefined : (await hashOf(location.name)).slice(0, 40);
  const list = async (call: CallOptions): Promise<readonly Job[]> =>
    label === undefined ? [] : listByLabel(api, label, location, call);
  return {
    ...{ hasNames, lacksNames, label, list },
    async find(call) {
      const found = lacksNames ? undefined : await findByName(api, location, call);
      return found ?? countingJob(await list(call));
    },
  };
}

/** Looks up a job that was submitted, where the id that the server gave turned out to be another job's. */
export async function findSubmitted(
  api: ApiResource,
  identity: JobIdentity,
  options: CallOptions,
): Promise<Job | undefined> {
  const { find } = await jobLookup(api, identity, options);
  const found = await find(options);
  return found !== undefined && isOwnJob(found, identity) ? found : undefined;
}

/** Returns the release of the server. One that does not report it may be an old one. */
async function releaseOf(transport: Transport, options: CallOptions): Promise<ServerRelease | undefined | 'unknown'> {
  try {
    return await transport.serverRelease(options);
  } catch (error) {
    if (error instanceof ApiError) return 'unknown';
    throw error;
  }
}

async function findByName(
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

/** Lists the jobs with this label, on older servers, where several jobs may have the same name. */
async function listByLabel(
  api: ApiResource,
  label: string,
  { namespace }: JobLocation,
  options: CallOptions,
): Promise<readonly Job[]> {
  const { items } = await listJobs(api, { ...options, namespace, labels: [`${NAME_LABEL}=${label}`], limit: 0 });
  return items;
}

/**
 * Returns which of several jobs of one name counts: the oldest that was not stopped. So programs that submit one name at the
 * same time find the same.
 */
export function countingJob(jobs: readonly Job[]): Job | undefined {
  const byAge = [...jobs].sort(
    (one, other) => (one.CreateTime ?? 0) - (other.CreateTime ?? 0) || (`${one.ID}` < `${other.ID}` ? -1 : 1),
  );
  return byAge.find(({ State }) => State?.StateType !== 'Stopped') ?? byAge[0];
}
