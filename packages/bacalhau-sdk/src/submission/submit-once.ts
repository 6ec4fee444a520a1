import type { Job, PutJobRequest, PutJobResponse } from 'bacalhau-apiclient';
import { isUrlSegment } from '../arguments/index.js';
import { putJob } from '../calls/index.js';
import {
  ApiError,
  CallError,
  ConflictError,
  ConnectionError,
  InvalidJobError,
  JobExistsError,
  RequestAbortedError,
  RequestTimeoutError,
  UnsupportedByServerError,
} from '../errors/index.js';
import {
  type ApiResource,
  type CallOptions,
  errorClassFor,
  submissionPolicy,
  type TransientError,
  type Transport,
} from '../http/index.js';
import { isAtLeast, type ServerRelease } from '../model/index.js';
import { FINGERPRINT, fingerprintOf, hashOf, NAME_LABEL, withFingerprint } from '../spec/index.js';
import { findByLabel, findByName, type JobLocation } from './existing-job.js';
import type { NamedJob } from './named-job.js';
import type { OnExisting, SubmissionDetails } from './options.js';

/** The outcome of a submission. */
export interface Submission extends SubmissionDetails {
  readonly jobId: string;
  /** Whether this submission created the job, or may have: one of its answers was lost. */
  readonly isOwn: boolean;
}

/** Sends a job. */
export type SendJob = (request: PutJobRequest, options: CallOptions) => PromiseLike<PutJobResponse>;

export interface Intent extends CallOptions {
  readonly onExisting?: OnExisting | undefined;
  /** Whether nobody else can have used the name: then the job is sent without looking for an existing one. */
  readonly isFresh: boolean;
  /** The specification's hash, if it is known, or is to be that of another form of the job. */
  readonly fingerprint?: string | undefined;
  /** How the job is sent. Default: as by `jobs.put`. */
  readonly send?: SendJob | undefined;
}

/**
 * Submits a job so that it runs once, even if answers are lost. Servers have no idempotency keys, but from 1.8 on they
 * identify a job by namespace and name: what may have arrived is looked up by its name before it is sent again, and
 * sending it twice is refused. Older servers would create a second job; there it is looked up by a label.
 */
export async function submitOnce(
  api: ApiResource,
  job: NamedJob,
  {
    isFresh,
    onExisting = 'reuse',
    fingerprint: given,
    send = (request, call) => putJob(api, request, call),
    ...options
  }: Intent,
): Promise<Submission> {
  if (!isUrlSegment(job.Name)) {
    throw new InvalidJobError(
      'Job.Name',
      `is ${JSON.stringify(job.Name)}, and servers cannot look up a job by such a name. Leave slashes out, or use jobs.put.`,
    );
  }
  const { transport } = api;
  const release = await releaseOf(transport, options);
  const hasNames = release !== 'unknown' && isAtLeast(release, '1.8.0');
  if (!isFresh && onExisting === 'update' && !hasNames && release !== 'unknown') {
    throw new UnsupportedByServerError(
      'onExisting "update" needs a server from 1.8.0 on: older ones create a second job of the same name.',
    );
  }

  const fingerprint = given ?? (await fingerprintOf(job));
  const label = hasNames ? undefined : (await hashOf(job.Name)).slice(0, 40);
  const sent: NamedJob = {
    ...withFingerprint(job, fingerprint),
    // Only where it is needed: an update that adds a label which the server has never seen fails (1.8 to 1.9.3).
    ...(label !== undefined && { Labels: { ...job.Labels, [NAME_LABEL]: label } }),
  };
  const location = { name: job.Name, namespace: job.Namespace };
  const find = async (): Promise<Job | undefined> => {
    const found = release === 'unknown' || hasNames ? await findByName(api, location, options) : undefined;
    return found ?? (label === undefined ? undefined : findByLabel(api, label, location, options));
  };
  /** The last failure after which the job may have arrived. */
  let unanswered: Unanswered | undefined;
  const reuse = (found: Job, attempts: number): Submission => {
    const isSame = found.Meta?.[FINGERPRINT] === fingerprint;
    // If no answer was lost, somebody else created it, even if that was while it was being sent.
    const isOwn = isSame && unanswered !== undefined;
    const mayReuse = isSame && (isOwn || onExisting !== 'error');
    if (!mayReuse) throw new JobExistsError(found, { isSame });
    return { jobId: found.ID ?? '', isOwn, attempts, deduplicated: true, warnings: [] };
  };

  /** Whether an update has not reached the job yet. */
  const isOutdated = (found: Job): boolean => onExisting === 'update' && found.Meta?.[FINGERPRINT] !== fingerprint;

  const findsFirst = !isFresh && onExisting !== 'update';
  const maxRetries = transport.maxRetries(options);
  let attempts = 0;
  let conflict: ConflictError | undefined;
  for (let round = 1; ; round++) {
    try {
      const mayExist = findsFirst || unanswered !== undefined || conflict !== undefined;
      const found = mayExist ? await find() : undefined;
      if (found !== undefined && !isOutdated(found)) return reuse(found, attempts);
      if (conflict !== undefined) throw conflict;
      attempts += 1;
      const { JobID, Warnings } = await send({ Job: sent }, options);
      return { jobId: JobID, isOwn: true, attempts, deduplicated: false, warnings: Warnings ?? [] };
    } catch (error) {
      if (error instanceof ConflictError && error !== conflict) {
        // There is one of that name, or nothing changed: the next round looks it up.
        conflict = error;
        continue;
      }
      if (error instanceof RequestAbortedError && unanswered !== undefined) {
        throw new RequestAbortedError(error.message, { ...error, attempts, outcomeUnknown: true }, error);
      }
      // What prevents the lookup says nothing about whether the job arrived.
      const isLookup = error instanceof ApiError && error.operation !== 'jobs.put';
      if (!submissionPolicy.isRetryable(error)) {
        throw isLookup && unanswered !== undefined ? withName(unanswered, location, attempts) : error;
      }
      if (error.operation === 'jobs.put') unanswered = error;
      const last = unanswered ?? error;
      if (round > maxRetries) throw attempts === 0 ? last : withName(last, location, attempts);
      const { operation, requestId } = last;
      const delayMs = submissionPolicy.delayMs(round);
      const retry = { operation, attempt: attempts, requestId, delayMs, error: last };
      await transport.withDeadline('jobs.submit', { signal: options.signal }, (signal) =>
        transport.beforeRetry(retry, signal),
      );
    }
  }
}

/** A server that does not tell its version may be an old one. */
async function releaseOf(transport: Transport, options: CallOptions): Promise<ServerRelease | undefined | 'unknown'> {
  try {
    return await transport.serverRelease(options);
  } catch (error) {
    if (error instanceof ApiError) return 'unknown';
    throw error;
  }
}

/** No usable answer came: the job may have arrived, or may arrive the next time. */
type Unanswered = TransientError;

/** The last error of a submission, with the number of attempts and the name by which the job can be looked up. */
function withName(error: Unanswered, { name, namespace }: JobLocation, attempts: number): Unanswered {
  const message = `${error.message} Look for the job by its name: ${JSON.stringify(name)} in namespace ${JSON.stringify(namespace)}.`;
  if (error instanceof ConnectionError) return new ConnectionError(message, { ...error, attempts }, error);
  if (error instanceof RequestTimeoutError) return new RequestTimeoutError(message, { ...error, attempts });
  if (error instanceof CallError) return error;
  const { status } = error;
  // A job that was refused because of its rate cannot exist.
  return new (errorClassFor(status))(status === 429 ? error.message : message, { ...error, attempts });
}
