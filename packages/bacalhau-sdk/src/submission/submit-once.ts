import type { Job } from 'bacalhau-apiclient';
import { isUrlSegment } from '../arguments/index.js';
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
  type CallOptions,
  errorClassFor,
  submissionPolicy,
  type TransientError,
  type Transport,
} from '../http/index.js';
import { isAtLeast, type ServerRelease } from '../model/index.js';
import { FINGERPRINT, fingerprintOf, hashOf, NAME_LABEL, withFingerprint } from '../spec/index.js';
import { findByLabel, findByName, type JobLocation, type SubmissionCalls } from './existing-job.js';
import type { OnExisting, SubmissionDetails } from './options.js';

/** A job as it is sent: with its name, and where it belongs. */
export type NamedJob = Job & { readonly Name: string; readonly Namespace: string };

/** What came of a submission. */
export interface Submission extends SubmissionDetails {
  readonly jobId: string;
  /** Whether this submission made the job, or may have: one of its answers was lost. */
  readonly isOwn: boolean;
}

export interface Intent extends CallOptions {
  readonly onExisting?: OnExisting | undefined;
  /** Whether nobody else can have used the name: then nothing is looked for before the job is sent. */
  readonly isFresh: boolean;
  /** The specification's hash, if it is known, or is to be that of another form of the job. */
  readonly fingerprint?: string | undefined;
}

/**
 * Submits a job so that it runs once, even if answers are lost. Servers have no idempotency keys, but from 1.8 on they
 * identify a job by namespace and name: what may have arrived is looked for by its name before it is sent again, and
 * sending it twice is refused. Older servers would make a second job; there it is looked for by a label.
 */
export async function submitOnce(
  { calls, transport }: { readonly calls: SubmissionCalls; readonly transport: Transport },
  job: NamedJob,
  { isFresh, onExisting = 'reuse', fingerprint: given, ...options }: Intent,
): Promise<Submission> {
  if (!isUrlSegment(job.Name)) {
    throw new InvalidJobError(
      'Job.Name',
      `is ${JSON.stringify(job.Name)}, by which servers cannot look a job up. Leave slashes out, or use jobs.put.`,
    );
  }
  const release = await releaseOf(transport, options);
  const hasNames = release !== 'unknown' && isAtLeast(release, '1.8.0');
  if (!isFresh && onExisting === 'update' && !hasNames && release !== 'unknown') {
    throw new UnsupportedByServerError(
      'onExisting "update" needs a server from 1.8.0 on: older ones make a second job of the same name.',
    );
  }

  const fingerprint = given ?? (await fingerprintOf(job));
  const label = hasNames ? undefined : (await hashOf(job.Name)).slice(0, 40);
  const sent: NamedJob = {
    ...withFingerprint(job, fingerprint),
    // Not without need: an update that brings a label which the server has never seen fails (1.8 to 1.9.3).
    ...(label !== undefined && { Labels: { ...job.Labels, [NAME_LABEL]: label } }),
  };
  const place = { name: job.Name, namespace: job.Namespace };
  const find = async (): Promise<Job | undefined> => {
    const found = release === 'unknown' || hasNames ? await findByName(calls, place, options) : undefined;
    return found ?? (label === undefined ? undefined : findByLabel(calls, label, place, options));
  };
  let lost: Lost | undefined;
  const take = (found: Job, attempts: number): Submission => {
    const isSame = found.Meta?.[FINGERPRINT] === fingerprint;
    // If no answer was lost, somebody else made it, even if that was while it was being sent.
    const isOwn = isSame && lost !== undefined;
    const mayTake = isSame && (isOwn || onExisting !== 'error');
    if (!mayTake) throw new JobExistsError(found, { isSame });
    return { jobId: found.ID ?? '', isOwn, attempts, deduplicated: true, warnings: [] };
  };

  /** What an update has not reached yet. */
  const isOutdated = (found: Job): boolean => onExisting === 'update' && found.Meta?.[FINGERPRINT] !== fingerprint;

  const looksFirst = !isFresh && onExisting !== 'update';
  const maxRetries = transport.maxRetries(options);
  let attempts = 0;
  let conflict: ConflictError | undefined;
  for (let round = 1; ; round++) {
    try {
      const mayBeThere = looksFirst || lost !== undefined || conflict !== undefined;
      const found = mayBeThere ? await find() : undefined;
      if (found !== undefined && !isOutdated(found)) return take(found, attempts);
      if (conflict !== undefined) throw conflict;
      attempts += 1;
      const { JobID, Warnings } = await calls.put({ Job: sent }, options);
      return { jobId: JobID, isOwn: true, attempts, deduplicated: false, warnings: Warnings ?? [] };
    } catch (error) {
      if (error instanceof ConflictError && error !== conflict) {
        // There is one of that name, or nothing changed: it is looked for next.
        conflict = error;
        continue;
      }
      if (error instanceof RequestAbortedError && lost !== undefined) {
        throw new RequestAbortedError(error.message, { ...error, attempts, outcomeUnknown: true }, error);
      }
      // What keeps the SDK from looking says nothing of whether the job arrived.
      const isLook = error instanceof ApiError && error.operation !== 'jobs.put';
      if (isLook && lost !== undefined && !submissionPolicy.isRetryable(error)) throw withName(lost, place, attempts);
      if (!submissionPolicy.isRetryable(error)) throw error;
      if (error.operation === 'jobs.put') lost = error;
      const last = lost ?? error;
      if (round > maxRetries) throw attempts === 0 ? last : withName(last, place, attempts);
      const { operation, requestId } = last;
      const delayMs = submissionPolicy.delayMs(round);
      const retry = { operation, attempt: attempts, requestId, delayMs, error: last };
      await transport.withDeadline('jobs.submit', { signal: options.signal }, (cut) =>
        transport.beforeRetry(retry, cut),
      );
    }
  }
}

/** A server that says nothing of its version may be an old one. */
async function releaseOf(transport: Transport, options: CallOptions): Promise<ServerRelease | undefined | 'unknown'> {
  try {
    return await transport.serverRelease(options);
  } catch (error) {
    if (error instanceof ApiError) return 'unknown';
    throw error;
  }
}

/** No good answer came: the job may have arrived, or may arrive the next time. */
type Lost = TransientError;

/** The last error of a submission: how often it was tried, and by which name it can be looked for. */
function withName(error: Lost, { name, namespace }: JobLocation, attempts: number): Lost {
  const message = `${error.message} Look for the job by its name: ${JSON.stringify(name)} in namespace ${JSON.stringify(namespace)}.`;
  if (error instanceof ConnectionError) return new ConnectionError(message, { ...error, attempts }, error);
  if (error instanceof RequestTimeoutError) return new RequestTimeoutError(message, { ...error, attempts });
  if (error instanceof CallError) return error;
  const { status } = error;
  // What was refused for its rate cannot be there.
  return new (errorClassFor(status))(status === 429 ? error.message : message, { ...error, attempts });
}
