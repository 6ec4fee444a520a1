import type { Job } from 'bacalhau-apiclient';
import { putJob } from '../calls/index.js';
import { ApiError, BacalhauError, JobError, withJobId } from '../errors/index.js';
import { type ApiResource, type Deadline, retryWhileUnreachable, submissionPolicy } from '../http/index.js';
import { type JobParts, SubmittedJob } from '../job/index.js';
import { hasEnded } from '../model/index.js';
import { describeRun, loadOutcome, type ResultSource, type RunResult } from '../outcome/index.js';
import { fingerprintOf } from '../spec/index.js';
import {
  findArrived,
  type NamedJob,
  newSubmissionToken,
  type SendJob,
  type Submission,
  submitOnce,
} from '../submission/index.js';
import { StrangersJobError } from '../waiting/index.js';
import { type AbandonedJob, CONTINUES, ended, NOT_SUBMITTED, stopAbandoned } from './abandoned-job.js';
import { delayedAbort } from './delayed-abort.js';
import type { RunOptions } from './options.js';
import { type ListPublishers, publisherFor, withPublisher } from './publisher.js';
import { withQueueTimeout } from './queue-timeout.js';
import { watchTwins } from './twins.js';

/** How long an early end waits for the answer to a submission, in milliseconds: with it the job can be stopped for certain. */
const SUBMISSION_GRACE_MS = 10_000;

/** How many answers to submissions may be other jobs' before a run gives up. */
const MOST_STRANGERS = 10;

/** What a run works with. */
export interface RunContext extends JobParts {
  readonly api: ApiResource;
  readonly listPublishers: ListPublishers;
}

export interface RunIntent extends RunOptions {
  /** The reason sent to the server when the job is stopped. */
  readonly stopReason: string;
  /** Returns how long the job will presumably still take when it has taken so long, in milliseconds. */
  readonly remainingMs?: (elapsedMs: number) => number;
  /** Called if the run ends early. */
  readonly onAbandoned?: (job: AbandonedJob) => void;
}

/** The job of a run, and how it is submitted. */
export interface PreparedJob {
  readonly job: NamedJob;
  /** Whether nobody else can have used its name. */
  readonly isFresh: boolean;
  /** The hash of the job as its author wrote it, if it is known. */
  readonly fingerprint?: string;
  /** Whether to wait for a server that is unreachable when the job is submitted. */
  readonly waitsForServer: boolean;
}

type Outcome = Awaited<ReturnType<typeof loadOutcome>>;

/** One run of a job. How far it has come decides what its early end does to the job. */
export class JobRun {
  readonly #context: RunContext;
  readonly #intent: RunIntent;
  readonly #deadline: Deadline;
  #prepared: PreparedJob | undefined;
  /** Whether the job may exist, or arrive: after a lost answer, the error of a later abort says nothing about that. */
  #mayExist = false;
  #submitted: SubmittedJob | undefined;
  /** Identifies its submission, however often that is repeated. */
  readonly #token = newSubmissionToken();
  /** Whether the job belongs to this run, so that it may be stopped. */
  #isOwn = false;
  /** The job as it was observed last. */
  #observed: Job | undefined;

  constructor(context: RunContext, intent: RunIntent) {
    this.#context = context;
    this.#intent = intent;
    this.#deadline = context.transport.startDeadline('jobs.run', intent.timeoutMs, intent.signal);
  }

  /** Submits a job, waits for its end, and collects its result. */
  submit(prepare: (signal: AbortSignal) => Promise<PreparedJob>): Promise<RunResult> {
    return this.#untilDeadline(async (outcome) => {
      const prepared = await prepare(this.#deadline.signal);
      this.#prepared = prepared;
      const addedPublisher = await this.#addedPublisher(prepared);
      for (let attempt = 1, lost: StrangersJobError | undefined; ; attempt += 1) {
        const submission = await this.#submit(prepared, addedPublisher, lost);
        // A fresh name is nobody else's, even if an attempt before this one created the job.
        this.#isOwn = prepared.isFresh || submission.isOwn;
        const { jobId: id, identity } = submission;
        this.#submitted = new SubmittedJob(this.#context, { ...submission, id, namespace: prepared.job.Namespace });
        const twins = watchTwins(submission.stopTwins, this.#deadline.signal);
        try {
          return await this.#result(outcome, this.#submitted, { addedPublisher, identity });
        } catch (error) {
          // The answer to the submission was another job's: it counts as lost.
          if (!(error instanceof StrangersJobError) || attempt >= MOST_STRANGERS) throw error;
          this.#submitted = undefined;
          lost = error;
        } finally {
          await twins.end();
        }
      }
    });
  }

  /** Waits for the end of a job of an earlier run, and collects its result. */
  resume(id: string, namespace: string): Promise<RunResult> {
    return this.#untilDeadline((outcome) => {
      this.#isOwn = true;
      const submission = { attempts: 0, deduplicated: true, warnings: [] };
      this.#submitted = new SubmittedJob(this.#context, { ...submission, id, namespace });
      return this.#result(outcome, this.#submitted, { addedPublisher: undefined, identity: undefined });
    });
  }

  #retried<T>(
    { waitsForServer }: PreparedJob,
    operation: string,
    work: (isRepeated: boolean) => Promise<T>,
  ): Promise<T> {
    const { transport } = this.#context;
    const { signal } = this.#deadline;
    const { unreachableAfterMs } = this.#intent;
    return waitsForServer
      ? retryWhileUnreachable(transport, operation, work, { signal, longestMs: unreachableAfterMs })
      : work(false);
  }

  async #addedPublisher(prepared: PreparedJob): Promise<string | undefined> {
    const { signal } = this.#deadline;
    try {
      return await this.#retried(prepared, 'nodes.list', () =>
        publisherFor(prepared.job, this.#context.listPublishers, { ...this.#intent, signal }),
      );
    } catch (error) {
      // Without a publisher the run has what the server keeps of the output, and says that it is not complete.
      if (error instanceof ApiError) return undefined;
      throw error;
    }
  }

  #submit(
    prepared: PreparedJob,
    addedPublisher: string | undefined,
    lost: StrangersJobError | undefined,
  ): Promise<Submission> {
    const { Namespace: namespace } = prepared.job;
    return this.#context.transport.observe(
      { name: 'jobs.submit', namespace },
      () => this.#send(prepared, addedPublisher, lost),
      ({ jobId }) => ({ jobId }),
    );
  }

  async #send(
    prepared: PreparedJob,
    addedPublisher: string | undefined,
    lost: StrangersJobError | undefined,
  ): Promise<Submission> {
    const { job, isFresh, fingerprint: given } = prepared;
    const { api } = this.#context;
    const { onExisting, stopOnAbort = true, unreachableAfterMs: persistMs = submissionPolicy.longestMs } = this.#intent;
    const { signal } = this.#deadline;
    // Of the job as its author wrote it: which publisher is added depends on the nodes that are connected.
    const fingerprint = given ?? (await fingerprintOf(job));
    const sent = withQueueTimeout(withPublisher(job, addedPublisher), this.#intent.queueTimeoutMs);

    const grace = delayedAbort(signal, stopOnAbort ? SUBMISSION_GRACE_MS : 0);
    const send: SendJob = (request, call) => {
      if (signal.aborted) return putJob(api, request, call);
      this.#mayExist = true;
      // Not aborted with the run: a job that arrives after it was looked for would go on, and nobody would stop it.
      return putJob(api, request, { ...call, signal: grace.signal });
    };
    try {
      return await this.#retried(prepared, 'jobs.submit', (isRepeated) => {
        const token = this.#token;
        const intent = { isFresh: isFresh && !isRepeated, onExisting, fingerprint, lost, persistMs, token };
        return submitOnce(api, sent, { ...intent, signal, send });
      });
    } finally {
      grace.release();
    }
  }

  #result(
    outcome: Outcome,
    job: SubmittedJob,
    { addedPublisher, identity }: Pick<ResultSource, 'addedPublisher' | 'identity'>,
  ): Promise<RunResult> {
    const { transport, waiter } = this.#context;
    const { id, namespace } = job;
    const { remainingMs } = this.#intent;
    const source = { transport, waiter, id, namespace, submission: job, addedPublisher, identity, remainingMs };
    const onUpdate = (observed: Job): unknown => {
      this.#observed = observed;
      return this.#intent.onUpdate?.(observed);
    };
    return outcome.awaitResult(source, { ...this.#intent, onUpdate, signal: this.#deadline.signal });
  }

  /** Makes the errors of a run name its job and, if it ended early, what happened to it. */
  #untilDeadline(work: (outcome: Outcome) => Promise<RunResult>): Promise<RunResult> {
    const { transport } = this.#context;
    return transport.observe(
      { name: 'jobs.run', namespace: this.#intent.namespace },
      () => this.#run(work),
      describeRun,
    );
  }

  async #run(work: (outcome: Outcome) => Promise<RunResult>): Promise<RunResult> {
    const deadline = this.#deadline;
    try {
      // Before anything is submitted: what cannot be loaded later would leave a job that nobody waits for.
      const outcome = await loadOutcome();
      try {
        return await work(outcome);
      } catch (thrown) {
        // The caller's own error, of a listener: nobody waits for the job any more.
        if (deadline.reason === undefined && !(thrown instanceof BacalhauError)) {
          await this.#abandon();
          throw thrown;
        }
        const knownId = this.#observed?.ID ?? this.#submitted?.id;
        if (deadline.reason === undefined || thrown instanceof JobError) throw withJobId(thrown, knownId);
        const abandoned = await this.#abandon();
        this.#intent.onAbandoned?.(abandoned);
        const jobId = abandoned.jobId ?? knownId;
        const { transport } = this.#context;
        throw outcome.interruptedError({
          ...{ operation: 'jobs.run', transport, deadline, thrown, jobId },
          ...{ job: this.#observed, consequence: abandoned.sentence },
        });
      }
    } finally {
      deadline.release();
    }
  }

  async #abandon(): Promise<AbandonedJob> {
    const { transport, api } = this.#context;
    const { stopOnAbort = true, stopReason } = this.#intent;
    // Without a connection there is no way to stop it.
    const stops = stopOnAbort && this.#deadline.reason !== 'closed';
    const submitted = this.#submitted;
    if (submitted !== undefined) {
      const observed = this.#observed;
      if (observed !== undefined && hasEnded(observed)) return ended(submitted.id, observed.State?.StateType ?? '');
      return stops && this.#isOwn ? stopAbandoned(submitted, transport, stopReason) : CONTINUES;
    }
    const prepared = this.#prepared;
    if (prepared === undefined || !this.#mayExist) return NOT_SUBMITTED;
    const { Name, Namespace } = prepared.job;
    if (!stops || !prepared.isFresh) {
      const where = `${JSON.stringify(Name)} in namespace ${JSON.stringify(Namespace)}`;
      return { fate: 'unknown', sentence: `The job may have been submitted. Look for the job named ${where}.` };
    }
    const arrived = async (signal: AbortSignal): Promise<SubmittedJob | undefined> => {
      const found = await findArrived(api, { name: Name, namespace: Namespace }, { signal });
      if (found?.ID === undefined) return undefined;
      return new SubmittedJob(this.#context, { id: found.ID, namespace: Namespace, ...UNKNOWN_SUBMISSION });
    };
    return stopAbandoned(arrived, transport, stopReason);
  }
}

const UNKNOWN_SUBMISSION = { attempts: 0, deduplicated: false, warnings: [] };
