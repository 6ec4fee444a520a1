import type { Job } from 'bacalhau-apiclient';
import { retryWhileUnreachable, type Transport } from '../http/index.js';
import { type JobParts, SubmittedJob } from '../job/index.js';
import { Nodes } from '../nodes/index.js';
import type { RunOptions, RunResult } from '../outcome/index.js';
import { fingerprintOf } from '../spec/index.js';
import { type NamedJob, type Submission, type SubmissionCalls, submitOnce } from '../submission/index.js';
import { collectRun, publisherFor, stopLeft } from './late.js';
import type { OfferedPublishers } from './publisher.js';

/** How long an abort waits for the answer to a submission, in milliseconds: with it the job can be stopped for certain. */
const FINISH_MS = 10_000;

export interface RunIntent extends RunOptions {
  readonly isFresh: boolean;
  /** What the server is told if the job is stopped. */
  readonly stopReason: string;
  /** Whether a server that is out of reach when the job is submitted is waited for. */
  readonly waitsForServer: boolean;
  /** The hash of the job as its author wrote it, if it is known. */
  readonly fingerprint?: string | undefined;
}

/** Submits a job, waits for its end, and collects what came of it. */
export async function runJob(
  parts: JobParts & { readonly publishers: OfferedPublishers },
  job: NamedJob,
  intent: RunIntent,
): Promise<RunResult> {
  const {
    isFresh,
    onExisting,
    signal,
    stopOnAbort = true,
    stopReason,
    waitsForServer: outlastsOutage,
    unreachableAfterMs,
  } = intent;
  const { Name, Namespace } = job;
  // Of the job as its author wrote it: which publisher is added depends on the nodes that are there.
  const fingerprint = intent.fingerprint ?? (await fingerprintOf(job));
  const patiently = <T>(operation: string, work: (isRepeated: boolean) => Promise<T>): Promise<T> =>
    outlastsOutage
      ? retryWhileUnreachable(parts.transport, operation, work, { signal, longestMs: unreachableAfterMs })
      : work(false);
  const added = await patiently('nodes.list', () => publisherFor(job, parts.publishers, intent));
  const complete = added === undefined ? job : withPublisher(job, added);

  const patience = later(stopOnAbort ? signal : undefined, FINISH_MS);
  /** Whether a job may be there, or arrive: of an answer that was lost, the error of an abort long after it knows nothing. */
  let mayBeThere = false;
  const { jobs } = parts;
  const calls: SubmissionCalls = {
    get: (...args) => jobs.get(...args),
    list: (...args) => jobs.list(...args),
    put: (request, options) => {
      if (!stopOnAbort || signal?.aborted) return jobs.put(request, options);
      mayBeThere = true;
      // Not cut short with the others: a job that arrives after it was looked for would run on, and nobody would stop it.
      return jobs.put(request, { ...options, signal: patience.signal });
    },
  };
  const submit = (isRepeated: boolean): Promise<Submission> =>
    submitOnce({ calls, transport: parts.transport }, complete, {
      ...{ isFresh: isFresh && !isRepeated, onExisting, fingerprint, signal },
    });
  let submission: Submission;
  try {
    submission = await patiently('jobs.submit', submit);
  } catch (error) {
    // It may have arrived all the same. Whatever comes of that, the caller hears of the abort.
    if (signal?.aborted && mayBeThere && isFresh) {
      const arrived = new SubmittedJob(parts, { id: Name, namespace: Namespace, ...NOTHING_KNOWN });
      await stopLeft(arrived, parts.transport, stopReason);
    }
    throw error;
  } finally {
    patience.release();
  }
  const handle = new SubmittedJob(parts, { ...submission, id: submission.jobId, namespace: Namespace });
  // A fresh name is nobody else's, even if an attempt before this one made the job.
  const mayStop = stopOnAbort && (isFresh || submission.isOwn);
  return collectRun(handle, parts.transport, added, { ...intent, stopOnAbort: mayStop });
}

/** A signal that follows another one so much later. `release` leaves no timer and no listener behind. */
function later(signal: AbortSignal | undefined, ms: number): { readonly signal: AbortSignal; release(): void } {
  const controller = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const onAbort = (): void => {
    timer = setTimeout(() => controller.abort(signal?.reason), ms);
  };
  signal?.addEventListener('abort', onAbort, { once: true });
  return {
    signal: controller.signal,
    release() {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
    },
  };
}

function withPublisher<J extends Job>(job: J, type: string): J {
  return { ...job, Tasks: job.Tasks.map((task) => ({ ...task, Publisher: { Type: type } })) };
}

export const offeredPublishers =
  (transport: Transport): OfferedPublishers =>
  async (signal) => {
    const { items } = await new Nodes(transport).list({ status: 'connected', signal });
    return items.flatMap(({ Info }) => (Info.ComputeNodeInfo?.Publishers ? [Info.ComputeNodeInfo.Publishers] : []));
  };

const NOTHING_KNOWN = { attempts: 0, deduplicated: false, warnings: [] };
