import type { Job } from 'bacalhau-apiclient';
import { RequestAbortedError } from '../errors/index.js';
import {
  collectRun,
  type JobParts,
  type OfferedPublishers,
  publisherFor,
  type RunOptions,
  type RunResult,
  SubmittedJob,
} from '../job/index.js';
import { Nodes } from '../nodes/index.js';
import { fingerprintOf } from '../spec/index.js';
import { type NamedJob, type Submission, submitOnce } from '../submission/index.js';
import { outlast, type Transport } from '../transport/index.js';

export interface RunIntent extends RunOptions {
  readonly isFresh: boolean;
  /** What the server is told if the job is stopped. */
  readonly stopReason: string;
  /** Whether a server that is out of reach when the job is submitted is waited for. */
  readonly outlastsOutage: boolean;
  /** The hash of the job as its author wrote it, if it is known. */
  readonly fingerprint?: string | undefined;
}

/** Submits a job, waits for its end, and collects what came of it. */
export async function runOnce(
  parts: JobParts & { readonly publishers: OfferedPublishers },
  job: NamedJob,
  intent: RunIntent,
): Promise<RunResult> {
  const { isFresh, onExisting, signal, stopOnAbort = true, stopReason, outlastsOutage, unreachableAfterMs } = intent;
  const { Name, Namespace } = job;
  // Of the job as its author wrote it: which publisher is added depends on the nodes that are there.
  const fingerprint = intent.fingerprint ?? (await fingerprintOf(job));
  const patiently = <T>(operation: string, work: (isRepeated: boolean) => Promise<T>): Promise<T> =>
    outlastsOutage ? outlast(parts.transport, operation, work, { signal, longestMs: unreachableAfterMs }) : work(false);
  const added = await patiently('nodes.list', () => publisherFor(job, parts.publishers, intent));
  const complete = added === undefined ? job : withPublisher(job, added);

  const submit = (isRepeated: boolean): Promise<Submission> =>
    submitOnce({ calls: parts.jobs, transport: parts.transport }, complete, {
      ...{ isFresh: isFresh && !isRepeated, onExisting, fingerprint, signal },
    });
  let submission: Submission;
  try {
    submission = await patiently('jobs.submit', submit);
  } catch (error) {
    // It may have arrived all the same. Whatever comes of that, the caller hears of the abort.
    if (error instanceof RequestAbortedError && error.outcomeUnknown && stopOnAbort && isFresh) {
      const arrived = new SubmittedJob(parts, { id: Name, namespace: Namespace, ...NOTHING_KNOWN });
      await arrived.stop(stopReason).catch(() => undefined);
    }
    throw error;
  }
  const handle = new SubmittedJob(parts, { ...submission, id: submission.jobId, namespace: Namespace });
  // A fresh name is nobody else's, even if an attempt before this one made the job.
  const mayStop = stopOnAbort && (isFresh || submission.isOwn);
  return collectRun(handle, parts.transport, added, { ...intent, stopOnAbort: mayStop });
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
