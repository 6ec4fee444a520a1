import type { Job } from 'bacalhau-apiclient';
import { platform } from '#platform';
import { InvalidArgumentError, JobError, JobStoppedError } from '../errors/index.js';
import type { CallOptions, Transport } from '../http/index.js';
import type { RunResult } from '../outcome/index.js';
import { MAP_LABEL } from '../spec/index.js';
import type { NamedJob } from '../submission/index.js';
import { raceAbort, randomHex } from '../util/index.js';
import { checkRunOptions } from './check-run-options.js';
import type { MapItem, MapOptions } from './map-options.js';
import { mapConcurrently } from './window.js';

const DEFAULT_CONCURRENCY = 100;
/** What a job is stopped with when its fan-out is left. A later one knows by it that the job did not fail. */
const LEFT = 'The fan-out was left before the job ended.';
/** So much of the hash of its specification is in a job's name. */
const HASH_DIGITS = 16;

/** What a fan-out needs of the jobs around it. */
export interface FanOutParts<Input> {
  readonly transport: Transport;
  readonly namespace: string;
  /** The job of an input, checked, and the hash of its specification. */
  readonly toJob: (input: Input, index: number, options: CallOptions) => Promise<{ job: Job; fingerprint: string }>;
  /** Submits a job whose name is its own, and waits for what comes of it. */
  readonly submit: (job: NamedJob, fingerprint: string, options: JobRunOptions) => Promise<RunResult>;
  /** Waits for what comes of a job that was submitted before. */
  readonly resume: (jobId: string, options: JobRunOptions) => Promise<RunResult>;
  readonly list: (options: CallOptions & { namespace: string; labels: readonly string[] }) => AsyncIterable<Job>;
}

export interface JobRunOptions extends Omit<MapOptions, 'concurrency' | 'name' | 'retryFailed'> {
  readonly stopReason: string;
}

/** Runs a job for each input, and gives what became of them in the order in which they end. */
export async function* fanOut<Input>(
  inputs: Iterable<Input> | AsyncIterable<Input>,
  parts: FanOutParts<Input>,
  { concurrency = DEFAULT_CONCURRENCY, name, retryFailed = false, ...options }: MapOptions,
): AsyncGenerator<MapItem<Input>, void, undefined> {
  checkInputs(inputs);
  checkConcurrency(concurrency);
  checkRunOptions(options, parts.transport);
  const family = name === undefined ? `map-${randomHex(8)}` : checkName(name);
  const { transport, namespace } = parts;
  const deadline = transport.startDeadline('jobs.map', undefined, options.signal);
  const cut = deadline.signal;
  platform.allowManyListeners(cut);
  const runOptions = { ...options, signal: cut, stopReason: LEFT };
  try {
    // A server that is not there at all is told of at once; later it may be gone for a while.
    await transport.serverRelease({ signal: cut });
    const earlier = name === undefined ? new Map<string, string>() : await earlierJobs(parts, family, cut);
    const seen = new Map<string, number>();

    const runItem = async (input: Input, index: number): Promise<RunResult> => {
      const { job, fingerprint } = await raceAbort(parts.toJob(input, index, { signal: cut }), cut);
      const hash = fingerprint.slice(0, HASH_DIGITS);
      // The same specification again is another job: inputs may be repeated on purpose.
      const times = (seen.get(hash) ?? 0) + 1;
      seen.set(hash, times);
      const itemName = times === 1 ? `${family}-${hash}` : `${family}-${hash}-${times}`;

      let attempt = 1;
      while (earlier.has(nameOf(itemName, attempt + 1))) attempt += 1;
      const id = earlier.get(nameOf(itemName, attempt));
      if (id !== undefined) {
        try {
          return await parts.resume(id, runOptions);
        } catch (error) {
          if (cut.aborted || !(wasAbandoned(error) || (retryFailed && error instanceof JobError))) throw error;
          attempt += 1;
        }
      }
      const Labels = { ...job.Labels, [MAP_LABEL]: family };
      const named = { ...job, Labels, Name: nameOf(itemName, attempt), Namespace: namespace };
      return parts.submit(named, fingerprint, runOptions);
    };

    const settle = async (input: Input, index: number): Promise<MapItem<Input>> => {
      try {
        return { index, input, status: 'fulfilled', value: await runItem(input, index) };
      } catch (error) {
        if (cut.aborted) throw error;
        return { index, input, status: 'rejected', error };
      }
    };

    yield* mapConcurrently(inputs, settle, { concurrency, cut, onLeft: () => deadline.abort('signal') });
  } catch (error) {
    // With the caller's own reason, if it was the caller. What the loop cut by itself goes on with its own error.
    if (options.signal?.aborted || deadline.reason === 'closed') {
      throw await transport.deadlineError('jobs.map', error, deadline);
    }
    throw error;
  } finally {
    deadline.release();
  }
}

/** The ids of the jobs of earlier fan-outs of that name, by the jobs' names. */
async function earlierJobs<Input>(
  { list, namespace }: FanOutParts<Input>,
  family: string,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  // From the oldest on: servers before 1.8 can have several of a name, of which the latest counts.
  for await (const { ID, Name } of list({ namespace, labels: [`${MAP_LABEL}=${family}`], signal })) {
    if (ID !== undefined && Name !== undefined) found.set(Name, ID);
  }
  return found;
}

/** Another job for the same item has a name of its own, so that it cannot run twice either. */
const nameOf = (itemName: string, attempt: number): string =>
  attempt === 1 ? itemName : `${itemName}-retry${attempt - 1}`;

const wasAbandoned = (error: unknown): boolean => error instanceof JobStoppedError && error.reason === LEFT;

function checkConcurrency(value: number): void {
  if (Number.isInteger(value) && value >= 1) return;
  throw new InvalidArgumentError('concurrency', `is ${value}. Use a whole number from 1 up.`);
}

/** A text is one, too. */
function checkInputs(inputs: unknown): void {
  const given = Object(inputs);
  if (typeof given[Symbol.asyncIterator] === 'function' || typeof given[Symbol.iterator] === 'function') return;
  throw new InvalidArgumentError('inputs', 'cannot be looped over. Give an array, a generator or another iterable.');
}

/** It is part of names and the value of a label. */
function checkName(name: string): string {
  if (typeof name === 'string' && /^[A-Za-z0-9](?:[-\w.]{0,38}[A-Za-z0-9])?$/.test(name)) return name;
  throw new InvalidArgumentError(
    'name',
    `is ${JSON.stringify(name)}. Use 1 to 40 letters, digits, -, _ and ., with a letter or digit at both ends.`,
  );
}
