import type { Job } from 'bacalhau-apiclient';
import { InvalidArgumentError, JobError, JobStoppedError } from '../errors/index.js';
import type { CallOptions, Transport } from '../http/index.js';
import type { LogEntry } from '../logs/index.js';
import { checkJobResultOptions, loadOutcome, placementFailureOf, type RunResult } from '../outcome/index.js';
import { type JobInput, MAP_LABEL } from '../spec/index.js';
import { countingJob, type NamedJob } from '../submission/index.js';
import { raceAbort, randomHex, sleep } from '../util/index.js';
import { type AbandonedJob, describeAbandoned } from './abandoned-job.js';
import { Admission } from './admission.js';
import { DurationEstimate } from './duration-estimate.js';
import type { FollowedJob } from './in-flight.js';
import type { RunIntent } from './job-run.js';
import type { MapItem, MapOptions } from './options.js';
import { checkOnProgress, ProgressReporter } from './progress.js';
import { checkQueueTimeout } from './queue-timeout.js';
import { mapConcurrently } from './window.js';

/** How long a job waits for room, in milliseconds, */
const QUEUE_TIMEOUT_MS = 600_000;
/** and for a node that can run it at all. */
const PATIENCE_MS = 30_000;
/** How long the first pause is before a job that found no room is submitted again, in milliseconds; each doubles it, */
const FIRST_PAUSE_MS = 1_000;
/** up to this. */
const LONGEST_PAUSE_MS = 30_000;
/** What a job is stopped with when its fan-out ends early. A later one knows by it that the job did not fail. */
const ABANDONED_REASON = 'The fan-out ended before this job did.';
/** How much of the hash of its specification is in a job's name. */
const HASH_DIGITS = 16;

/** What a fan-out needs of the jobs around it. */
export interface FanOutParts<Input> {
  readonly transport: Transport;
  readonly namespace: string;
  /** Makes the job of an input, checked, and the hash of its specification. */
  readonly toJob: (input: Input, index: number, signal: AbortSignal) => Promise<{ job: JobInput; fingerprint: string }>;
  /** Submits a job whose name is its own, and waits for its result. */
  readonly submit: (job: NamedJob, fingerprint: string, intent: RunIntent) => Promise<RunResult>;
  /** Waits for the result of a job that was submitted before. */
  readonly resume: (jobId: string, intent: RunIntent) => Promise<RunResult>;
  readonly list: (options: CallOptions & { namespace: string; labels: readonly string[] }) => AsyncIterable<Job>;
}

/** Runs a job for each input, and gives their outcomes in the order in which the jobs end. */
export async function* fanOut<Input>(
  inputs: Iterable<Input> | AsyncIterable<Input>,
  parts: FanOutParts<Input>,
  {
    concurrency = 'auto',
    name,
    retryFailed = false,
    queueTimeoutMs,
    onProgress,
    onUpdate,
    onLog,
    ...options
  }: MapOptions<Input>,
): AsyncGenerator<MapItem<Input>, void, undefined> {
  checkInputs(inputs);
  checkConcurrency(concurrency);
  checkQueueTimeout(queueTimeoutMs);
  checkOnProgress(onProgress);
  checkJobResultOptions({ ...options, onUpdate, onLog }, parts.transport);
  const namePrefix = name === undefined ? `map-${randomHex(8)}` : checkName(name);
  const { transport, namespace } = parts;
  const deadline = transport.startDeadline('jobs.map', undefined, options.signal);
  const { signal } = deadline;
  const abandoned: AbandonedJob[] = [];
  const intent: RunIntent = {
    ...options,
    signal,
    stopReason: ABANDONED_REASON,
    onAbandoned: (job) => {
      // One that ran out of its own time is an item of its own.
      if (signal.aborted) abandoned.push(job);
    },
  };
  const duration = new DurationEstimate();
  const outcomes = { fulfilled: 0, rejected: 0 };
  let pull = (): void => {};
  const changed = (): void => {
    pull();
    progress.report();
  };
  const longestQueuedMs = queueTimeoutMs ?? QUEUE_TIMEOUT_MS;
  const admission = new Admission({
    ...{ transport, concurrency, signal, unreachableAfterMs: options.unreachableAfterMs, onChange: () => changed() },
    ...{ patienceMs: queueTimeoutMs ?? PATIENCE_MS, queueTimeoutMs: longestQueuedMs },
  });
  const progress = new ProgressReporter(onProgress, () => ({
    ...{ queued: admission.queued, running: admission.running, window: admission.window },
    ...{ done: outcomes.fulfilled, failed: outcomes.rejected },
  }));
  /** Lets a job take part in the counts as long as the work goes on. */
  const following = async (
    followed: FollowedJob,
    item: Pick<MapItem<Input>, 'index' | 'input'>,
    work: (own: RunIntent) => Promise<RunResult>,
  ): Promise<RunResult> => {
    const observe = (job: Job): unknown => {
      followed.observe(job);
      return onUpdate?.(job, item);
    };
    const listen = onLog && ((entry: LogEntry): unknown => onLog(entry, item));
    try {
      return await work({ ...intent, onUpdate: observe, onLog: listen });
    } finally {
      followed.end();
    }
  };
  try {
    // A server that is unreachable from the beginning is reported at once; later it may be for a while.
    await transport.serverRelease({ signal });
    const earlier = name === undefined ? new Map<string, string>() : await earlierJobs(parts, namePrefix, signal);
    const seen = new Map<string, number>();

    const runItem = async (input: Input, index: number): Promise<RunResult> => {
      const { job, fingerprint } = await raceAbort(parts.toJob(input, index, signal), signal);
      const hash = fingerprint.slice(0, HASH_DIGITS);
      // The same specification again is another job: inputs may be repeated on purpose.
      const times = (seen.get(hash) ?? 0) + 1;
      seen.set(hash, times);
      const itemName = times === 1 ? `${namePrefix}-${hash}` : `${namePrefix}-${hash}-${times}`;

      let attempt = 1;
      while (earlier.has(nameOf(itemName, attempt + 1))) attempt += 1;
      const id = earlier.get(nameOf(itemName, attempt));
      if (id !== undefined) {
        try {
          return await following(admission.resume(), { index, input }, (own) => parts.resume(id, own));
        } catch (error) {
          const ranNever = wasAbandoned(error) || isWantOfRoom(error);
          if (signal.aborted || !(ranNever || (retryFailed && error instanceof JobError))) throw error;
          attempt += 1;
        }
      }
      const Labels = { ...job.Labels, [MAP_LABEL]: namePrefix };
      let waitsUntil: number | undefined;
      for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS), attempt += 1) {
        const named = { ...job, Labels, Name: nameOf(itemName, attempt), Namespace: namespace };
        const permit = await admission.admit(named);
        const { isSuited } = permit;
        waitsUntil ??= performance.now() + longestQueuedMs;
        const remainingMs = waitsUntil - performance.now();
        const queued = { queueTimeoutMs: isSuited ? remainingMs : undefined };
        try {
          const result = await following(permit, { index, input }, (own) =>
            parts.submit(named, fingerprint, {
              ...own,
              ...queued,
              remainingMs: (elapsedMs) => duration.remainingMs(elapsedMs),
            }),
          );
          duration.record(result.job);
          return result;
        } catch (error) {
          const mayFindRoom = isSuited ? isWantOfRoom(error) : placementFailureOf(error) === 'busy';
          if (signal.aborted || !mayFindRoom || performance.now() + pauseMs >= waitsUntil) throw error;
          admission.refused();
          await sleep(pauseMs, signal);
        }
      }
    };

    const outcomeOf = async (input: Input, index: number): Promise<MapItem<Input>> => {
      try {
        return { index, input, status: 'fulfilled', value: await runItem(input, index) };
      } catch (error) {
        if (signal.aborted) throw error;
        return { index, input, status: 'rejected', error };
      }
    };
    const settle = async (input: Input, index: number): Promise<MapItem<Input>> => {
      const item = await outcomeOf(input, index);
      outcomes[item.status] += 1;
      progress.report();
      progress.rethrow();
      return item;
    };

    yield* mapConcurrently(inputs, settle, {
      limit: () => admission.limit,
      onLimitChange: (listener) => {
        pull = listener;
      },
      signal,
      onAbandoned: () => deadline.abort('signal'),
    });
  } catch (thrown) {
    // With the caller's own reason, if it was the caller. What aborts the loop from inside keeps its own error.
    if (!options.signal?.aborted && deadline.reason !== 'closed') throw thrown;
    const { interruptedError } = await loadOutcome();
    throw interruptedError({
      ...{ operation: 'jobs.map', transport, deadline, thrown: undefined, jobId: undefined, job: undefined },
      consequence: describeAbandoned(abandoned),
    });
  } finally {
    deadline.release();
  }
}

/** Returns the ids of the jobs of earlier fan-outs of that name, by the jobs' names. */
async function earlierJobs<Input>(
  { list, namespace }: FanOutParts<Input>,
  namePrefix: string,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, Job[]>();
  for await (const job of list({ namespace, labels: [`${MAP_LABEL}=${namePrefix}`], signal })) {
    if (job.Name !== undefined) found.set(job.Name, [...(found.get(job.Name) ?? []), job]);
  }
  // Servers before 1.8 can have several of a name.
  return new Map([...found].map(([name, jobs]) => [name, countingJob(jobs)?.ID ?? '']));
}

/** Returns the name of a job. Another attempt at the same input has its own name, so that it cannot run twice either. */
const nameOf = (itemName: string, attempt: number): string =>
  attempt === 1 ? itemName : `${itemName}-retry${attempt - 1}`;

const wasAbandoned = (error: unknown): boolean => error instanceof JobStoppedError && error.reason === ABANDONED_REASON;

/** Whether a job failed because nodes that can run it had no room for it, or because none was there. */
function isWantOfRoom(error: unknown): boolean {
  const failure = placementFailureOf(error);
  return failure === 'busy' || failure === 'unknown';
}

function checkConcurrency(value: number | 'auto'): void {
  if (value === 'auto' || (Number.isInteger(value) && value >= 1)) return;
  throw new InvalidArgumentError('concurrency', `is ${value}. Use "auto" or a whole number from 1 up.`);
}

/** Checks that inputs can be iterated, which is true of a string, too. */
function checkInputs(inputs: unknown): void {
  const given = Object(inputs);
  if (typeof given[Symbol.asyncIterator] === 'function' || typeof given[Symbol.iterator] === 'function') return;
  throw new InvalidArgumentError('inputs', 'must be iterable. Pass an array, a generator or another iterable.');
}

/** Checks the name of a fan-out, which becomes part of job names and the value of a label. */
function checkName(name: string): string {
  if (typeof name === 'string' && /^[A-Za-z0-9](?:[-\w.]{0,38}[A-Za-z0-9])?$/.test(name)) return name;
  throw new InvalidArgumentError(
    'name',
    `is ${JSON.stringify(name)}. Use 1 to 40 letters, digits, -, _ and ., with a letter or digit at both ends.`,
  );
}
