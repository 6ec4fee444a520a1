import { checkIdentifier, checkOneOf } from '../arguments/index.js';
import { DEFAULT_NAMESPACE, JobCalls } from '../calls/index.js';
import { type CallOptions, type ClientOptions, connect, Transport } from '../http/index.js';
import { JobHandle, type JobParts, SubmittedJob } from '../job/index.js';
import type { RunOptions, RunResult } from '../outcome/index.js';
import type { MapItem, MapOptions } from '../runs/index.js';
import { checkJob, type JobInput, type JobSpec, toJobInput } from '../spec/index.js';
import { type NamedJob, type SubmitOptions, submitOnce } from '../submission/index.js';
import { DeferredIterator, load, randomHex } from '../util/index.js';
import { Waiter } from '../waiting/index.js';

/** Loaded when jobs are first run: many programs submit them and wait. */
const runs = () => load(import('../runs/runs.js'));

/**
 * The jobs of a Bacalhau network: submit, stop, look up, list.
 *
 * Calls reject with a subclass of `BacalhauError`; each takes `signal`, `timeoutMs`, `maxRetries` and `headers`.
 *
 * @example
 * ```ts
 * const jobs = new Jobs(); // configured by the environment, as the Bacalhau command line is
 * const { JobID } = await jobs.put({
 *   Job: { Type: 'batch', Count: 1, Tasks: [{ Name: 'main', Engine: { Type: 'docker', Params: { Image: 'ubuntu' } } }] },
 * });
 * ```
 */
export class Jobs extends JobCalls {
  readonly #transport: Transport;
  readonly #parts: JobParts;

  /** The jobs of the network that the options and the environment name; the same as `new Bacalhau(options).jobs`. */
  constructor(options?: ClientOptions);
  /** @internal */
  constructor(transport: Transport);
  constructor(source: ClientOptions | Transport = {}) {
    const transport = source instanceof Transport ? source : connect(source);
    super(transport);
    this.#transport = transport;
    this.#parts = { jobs: this, waiter: new Waiter(transport), transport };
  }

  /**
   * Submits a job and gives a handle of it. It runs once, even if answers are lost on the way.
   *
   * A job without a name gets a fresh one. What may have arrived is looked for by its name, or by a label on servers
   * before 1.8, before it is sent again, `maxRetries` times; `timeoutMs` counts for each request. A hash of the
   * specification goes along in the job's `Meta`, as `bacalhau-sdk/fingerprint`.
   *
   * With a name of your own `onExisting` says what happens if there is a job of that name in the namespace already. By
   * default one with the same specification is taken, whatever its state: `deduplicated` of the handle tells. Two
   * programs that submit different jobs under one name in the same moment are not kept apart: the later one wins.
   *
   * @example
   * ```ts
   * const job = await bacalhau.jobs.submit(docker({ image: 'ubuntu', parameters: ['date'] }));
   * console.log(job.id);
   * ```
   * @throws {InvalidJobError} naming the field, before anything is sent.
   * @throws {JobExistsError} if another job of that name is in the way.
   * @throws {ConnectionError} or {RequestTimeoutError} if the answer stays out; `outcomeUnknown` tells whether the job may
   * have arrived, and the message by which name to look for it.
   */
  async submit(spec: JobSpec, options: SubmitOptions = {}): Promise<SubmittedJob> {
    const { onExisting, namespace: _, ...call } = options;
    checkOnExisting(onExisting);
    const { job, isFresh } = await this.#prepare(spec, options);
    const submission = await submitOnce({ calls: this, transport: this.#transport }, job, {
      ...{ ...call, onExisting, isFresh },
    });
    return new SubmittedJob(this.#parts, { ...submission, id: submission.jobId, namespace: job.Namespace });
  }

  /**
   * Submits a job, waits for its end, and collects what it printed, how it ended, and where its results are.
   *
   * It is submitted as by `submit`. Once the server has the job, a server that is out of reach for a while ends nothing.
   *
   * @example
   * ```ts
   * const { stdout } = await bacalhau.jobs.run(docker({ image: 'ubuntu', parameters: ['echo', 'hi'] }));
   * ```
   * @throws {JobExitError} if its program ended with an exit code that means failure; it holds the whole result.
   * @throws {JobFailedError} if it could not be placed, started or finished, with the cause that the nodes gave.
   * @throws {JobStoppedError} if somebody stopped it.
   * @throws {JobExistsError} if another job of that name is in the way.
   * @throws {RequestAbortedError} if `signal` was aborted; the job is stopped then, unless `stopOnAbort` is false.
   */
  async run(spec: JobSpec, options: RunOptions = {}): Promise<RunResult> {
    checkOnExisting(options.onExisting);
    const { checkRunOptions, offeredPublishers, runJob } = await runs();
    checkRunOptions(options, this.#transport);
    const { signal, namespace } = options;
    const { job, isFresh } = await this.#prepare(spec, { signal, namespace });
    const intent = { ...options, isFresh, stopReason: 'The run was aborted.', waitsForServer: false };
    return runJob({ ...this.#parts, publishers: offeredPublishers(this.#transport) }, job, intent);
  }

  /**
   * Runs a job for each input, many at once, and gives what became of them in the order in which they end. An input
   * whose job fails does not keep the others from running. No more than `concurrency` jobs are under way, and no further
   * input is taken while the loop is busy with what there is. Leaving the loop, by `break`, an error or `signal`, stops the
   * jobs that still run, unless `stopOnAbort` is false.
   *
   * With a `name` it can be taken up again, after a crash too: jobs that are there already are not submitted again, and
   * what they brought comes as if they had run now. They are told by their specification, so a changed input is a new
   * job; one that comes several times is as many jobs. Jobs that failed stay failed, unless `retryFailed` says otherwise.
   * Every job has the label `bacalhau-sdk/map` with the fan-out's name.
   *
   * @example
   * ```ts
   * const words = (file: string) => docker({ image: 'ubuntu', entrypoint: ['wc', '-w', file] });
   * for await (const item of bacalhau.jobs.map(files, words, { name: 'count-words', concurrency: 50 })) {
   *   if (item.status === 'fulfilled') console.log(item.input, item.value.stdout);
   *   else console.error(item.input, item.error);
   * }
   * ```
   * @throws {InvalidArgumentError} if an argument or option cannot be, such as `name` or `concurrency`.
   * @throws {RequestAbortedError} if `signal` was aborted.
   * @throws {ConnectionError} if the server is out of reach from the beginning. Later it may be, for
   * `unreachableAfterMs`.
   */
  map<Input>(
    inputs: Iterable<Input> | AsyncIterable<Input>,
    toSpec: (input: Input, index: number) => JobSpec | Promise<JobSpec>,
    options: MapOptions = {},
  ): AsyncIterableIterator<MapItem<Input>, void> {
    const namespace = options.namespace ?? this.#transport.config.namespace ?? DEFAULT_NAMESPACE;
    return new DeferredIterator(async () => {
      const { mapJobs } = await runs();
      const toJob = (spec: JobSpec, call: CallOptions): Promise<JobInput> => this.#toJob(spec, call);
      return mapJobs(inputs, toSpec, { ...this.#parts, namespace, toJob }, options);
    });
  }

  /** A handle of a job by id or name. Nothing is asked until the handle is used. */
  handle(jobId: string, options: { readonly namespace?: string | undefined } = {}): JobHandle {
    return new JobHandle(this.#parts, {
      id: checkIdentifier(jobId, 'jobId'),
      namespace: options.namespace ?? this.#transport.config.namespace,
    });
  }

  /** The job as it will be sent, checked. */
  async #prepare(
    spec: JobSpec,
    options: CallOptions & { readonly namespace?: string | undefined },
  ): Promise<{ readonly job: NamedJob; readonly isFresh: boolean }> {
    const job = await this.#toJob(spec, options);
    checkJob(job);
    const namespace = job.Namespace ?? options.namespace ?? this.#transport.config.namespace ?? DEFAULT_NAMESPACE;
    const isFresh = !job.Name;
    return { job: { ...job, Name: job.Name || `job-${randomHex(8)}`, Namespace: namespace }, isFresh };
  }

  #toJob(spec: JobSpec, { signal, timeoutMs }: CallOptions): Promise<JobInput> {
    return toJobInput(spec, async () => ({
      serverRelease: await this.#transport.serverRelease({ signal, timeoutMs }),
    }));
  }
}

const ON_EXISTING = { reuse: 'reuse', update: 'update', error: 'error' };

function checkOnExisting(value: string | undefined): void {
  if (value !== undefined) checkOneOf(value, ON_EXISTING, 'onExisting');
}
