import type { Job, PutJobRequest, PutJobResponse } from 'bacalhau-apiclient';
import { isUrlSegment } from '../arguments/index.js';
import { putJob, stopJob } from '../calls/index.js';
import {
  ApiError,
  CallError,
  ConflictError,
  ConnectionError,
  InvalidJobError,
  JobExistsError,
  RequestAbortedError,
  RequestTimeoutError,
  UnexpectedResponseError,
  UnsupportedByServerError,
} from '../errors/index.js';
import {
  type ApiResource,
  type CallOptions,
  errorClassFor,
  submissionPolicy,
  type TransientError,
} from '../http/index.js';
import {
  compareJobs,
  FINGERPRINT,
  fingerprintOf,
  type JobIdentity,
  NAME_LABEL,
  SUBMISSION,
  withFingerprint,
} from '../spec/index.js';
import { randomHex } from '../util/index.js';
import { type JobLocation, type JobLookup, jobLookup } from './existing-job.js';
import { LateArrivals } from './late-arrivals.js';
import type { NamedJob } from './named-job.js';
import type { OnExisting, SubmissionDetails } from './options.js';
import { DATA_GONE_REASON, hasLostItsData } from './served-data.js';

/** The outcome of a submission. */
export interface Submission extends SubmissionDetails {
  readonly jobId: string;
  /** By what the job is recognised, if its id is known from the answer to the submission only. */
  readonly identity: JobIdentity | undefined;
  /** Whether this submission created the job, or may have: one of its answers was lost. */
  readonly isOwn: boolean;
  /** Stops jobs that the submission created beside this one; undefined where there can be none. */
  readonly stopTwins: ((options: CallOptions) => Promise<unknown>) | undefined;
}

/** Sends a job. */
export type SendJob = (request: PutJobRequest, options: CallOptions) => PromiseLike<PutJobResponse>;

export interface Intent extends CallOptions {
  readonly onExisting?: OnExisting | undefined;
  /** Whether nobody else can have used the name: then the job is sent without looking for an existing one. */
  readonly isFresh: boolean;
  /** The specification's hash, if it is known, or is to be that of another form of the job. */
  readonly fingerprint?: string | undefined;
  /** The answer to an earlier attempt, which was lost: the job may exist. */
  readonly lost?: Unanswered | undefined;
  /** How long to go on after an answer was lost, in milliseconds. Default: for `maxRetries` attempts. */
  readonly persistMs?: number | undefined;
  /** How the job is sent. Default: as by `jobs.put`. */
  readonly send?: SendJob | undefined;
  /** Identifies the submission, if it is repeated. Default: a new one. */
  readonly token?: string | undefined;
}

/**
 * Submits a job so that it runs once, even if answers are lost. Servers have no idempotency keys, but from 1.8 on they
 * identify a job by namespace and name: what may have arrived is looked up by its name before it is sent again, and
 * sending it twice is refused. Older servers create a second job; there it is looked up by a label, for a while before it is
 * sent again, and a twin that arrives nevertheless is stopped.
 */
export async function submitOnce(
  api: ApiResource,
  job: NamedJob,
  {
    isFresh,
    onExisting = 'reuse',
    fingerprint: given,
    lost,
    persistMs = 0,
    send = (request, call) => putJob(api, request, call),
    token = newSubmissionToken(),
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
  const location = { name: job.Name, namespace: job.Namespace };
  // With a time of its own the submission is one call, else it belongs to a run, and each request is one.
  const remaining = options.timeoutMs === undefined ? () => options : transport.shareTimeout(options);
  const lookup = await jobLookup(api, location, remaining());
  const { hasNames, lacksNames, label, find } = lookup;
  const lateArrivals = label === undefined ? undefined : new LateArrivals({ api, location, lookup, token });
  if (!isFresh && onExisting === 'update' && lacksNames) {
    throw new UnsupportedByServerError(
      'onExisting "update" needs a server from 1.8.0 on: older ones create a second job of the same name.',
    );
  }

  const fingerprint = given ?? (await fingerprintOf(job));
  const marked = withFingerprint(job, fingerprint);
  const sent: NamedJob =
    label === undefined
      ? marked
      : {
          ...marked,
          Meta: { ...marked.Meta, [SUBMISSION]: token },
          // Only where it is needed: an update that adds a label which the server has never seen fails (1.8 to 1.9.3).
          Labels: { ...job.Labels, [NAME_LABEL]: label },
        };
  /** The last failure after which the job may have arrived. */
  let unanswered: Unanswered | undefined = lost;
  /** Whether the job may exist: an answer was lost. */
  let mayExist = lost !== undefined;
  let lostAt = performance.now();
  let attempts = 0;
  const reuse = (found: Job): Submission => {
    const foundFingerprint = found.Meta?.[FINGERPRINT];
    const isMarked = foundFingerprint === fingerprint;
    const isSame = foundFingerprint === undefined ? compareJobs(job, found) : isMarked;
    // If no answer was lost, somebody else created it, even if that was while it was being sent.
    const creator = found.Meta?.[SUBMISSION];
    const isOwn = creator === undefined ? isMarked && unanswered !== undefined : creator === token;
    const mayReuse = isSame === true && (isOwn || onExisting !== 'error');
    if (!mayReuse) throw new JobExistsError(found, { isSame, canUpdate: hasNames });
    const identity = undefined;
    return { jobId: found.ID ?? '', identity, isOwn, attempts, deduplicated: true, warnings: [], stopTwins: twins() };
  };

  /** Stops what a request whose answer was lost creates when it arrives late, if that can be. */
  const twins = (): Submission['stopTwins'] =>
    attempts > 1 && mayExist && lateArrivals !== undefined ? (call) => lateArrivals.stopTwins(call) : undefined;

  /** Returns whether an update has not reached the job yet. */
  const isOutdated = (found: Job): boolean => onExisting === 'update' && found.Meta?.[FINGERPRINT] !== fingerprint;

  const findsFirst = !isFresh && onExisting !== 'update';
  const maxRetries = transport.maxRetries(options);
  const startedAt = performance.now();
  let conflict: ConflictError | undefined;
  for (let round = 1; ; round++) {
    try {
      const isSought = findsFirst || unanswered !== undefined || conflict !== undefined;
      const mayArrive = attempts > 0 && mayExist;
      const seek = mayArrive && lateArrivals !== undefined ? () => lateArrivals.find(lostAt, remaining) : undefined;
      const found = isSought ? await (seek?.() ?? find(remaining())) : undefined;
      if (found !== undefined && !isOutdated(found)) {
        const reused = reuse(found);
        if (onExisting === 'error' || !(await hasLostItsData(api, job, found, remaining()))) return reused;
        await stopJob(api, reused.jobId, DATA_GONE_REASON, { ...remaining(), namespace: job.Namespace });
      }
      if (conflict !== undefined) throw conflict;
      attempts += 1;
      const { JobID, Warnings } = await send({ Job: sent }, remaining());
      // Nobody else has a fresh name, and nothing was lost: the job is the only one.
      const isOnly = isFresh && !mayExist;
      const counting = isOnly ? undefined : await lateArrivals?.settle(mayExist, remaining);
      if (counting !== undefined && counting.ID !== JobID) return reuse(counting);
      // Whose id it is, shows when the job is read: servers mix up their responses.
      const identity = { ...location, fingerprint };
      return {
        ...{ jobId: JobID, identity, isOwn: true, attempts, deduplicated: false },
        ...{ warnings: Warnings ?? [], stopTwins: twins() },
      };
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
      const isLost = submissionPolicy.isRetryable(error);
      // While a gateway is reloaded, it responds for itself.
      const isStranger = isLookup && mayExist && error instanceof UnexpectedResponseError;
      if (!isLost && !isStranger) {
        throw isLookup && unanswered !== undefined ? withAdvice(unanswered, location, lookup, attempts) : error;
      }
      if (error.operation === 'jobs.put') {
        unanswered = error;
        mayExist ||= isOutcomeUnknown(error);
        lostAt = performance.now();
      }
      const last = unanswered ?? error;
      const persists = mayExist && performance.now() - startedAt < persistMs;
      const delayMs = submissionPolicy.delayMs(round);
      const isOver = delayMs >= (remaining().timeoutMs ?? Number.POSITIVE_INFINITY);
      if (isOver || (round > maxRetries && !persists)) {
        throw attempts === 0 ? last : withAdvice(last, location, lookup, attempts);
      }
      const { operation, requestId } = last;
      const retry = { operation, attempt: attempts, requestId, delayMs, error: last };
      await transport.withDeadline('jobs.submit', { signal: options.signal }, (signal) =>
        transport.beforeRetry(retry, signal),
      );
    }
  }
}

/** Returns what identifies a submission, in the `Meta` of the jobs that it creates. */
export const newSubmissionToken = (): string => randomHex(16);

/** Returns whether the job may have arrived nevertheless. */
const isOutcomeUnknown = (error: Unanswered): boolean => error.outcomeUnknown;

/** No usable answer came: the job may have arrived, or may arrive the next time. */
type Unanswered = TransientError;

/** Returns the last error of a submission, with the number of attempts and how the job can be looked up on this server. */
function withAdvice(
  error: Unanswered,
  { name, namespace }: JobLocation,
  { lacksNames, label }: JobLookup,
  attempts: number,
): Unanswered {
  const by = lacksNames
    ? `its label: ${JSON.stringify(`${NAME_LABEL}=${label}`)}`
    : `its name: ${JSON.stringify(name)}`;
  const message = `${error.message} Look for the job by ${by} in namespace ${JSON.stringify(namespace)}.`;
  if (error instanceof ConnectionError) return new ConnectionError(message, { ...error, attempts }, error);
  if (error instanceof RequestTimeoutError) return new RequestTimeoutError(message, { ...error, attempts });
  if (error instanceof CallError) return error;
  const { status } = error;
  // A job that was refused because of its rate cannot exist.
  return new (errorClassFor(status))(status === 429 ? error.message : message, { ...error, attempts });
}
