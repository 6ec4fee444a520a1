import type { Job } from 'bacalhau-apiclient';
import { DEFAULT_NAMESPACE, JobCalls } from '../calls/index.js';
import { RequestAbortedError } from '../errors/index.js';
import { collectRun, JobHandle, publisherFor, type RunOptions, type RunResult, withPublisher } from '../job/index.js';
import { Nodes } from '../nodes/index.js';
import { checkIdentifier, checkJob, isTemplate, type JobSpec } from '../spec/index.js';
import {
  type CallOptions,
  type ClientOptions,
  connect,
  type NamespacedCallOptions,
  randomHex,
  Transport,
} from '../transport/index.js';
import { Waiter } from '../wait/index.js';
import { submitOnce } from './submission.js';

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
  readonly #waiter: Waiter;

  /** The jobs of the network that the options and the environment name; the same as `new Bacalhau(options).jobs`. */
  constructor(options?: ClientOptions);
  /** @internal */
  constructor(transport: Transport);
  constructor(source: ClientOptions | Transport = {}) {
    const transport = source instanceof Transport ? source : connect(source);
    super(transport);
    this.#transport = transport;
    this.#waiter = new Waiter(transport);
  }

  /**
   * Submits a job and gives a handle of it.
   *
   * A job without a name gets a fresh one, by which it is found again if an answer is lost: on servers from 1.8 on it is
   * looked for, and sent again only if it has not arrived, so it runs once. With a name of your own, which may be that of
   * an earlier job, a lost answer is an error whose `outcomeUnknown` says so.
   *
   * @example
   * ```ts
   * const job = await bacalhau.jobs.submit(docker({ image: 'ubuntu', parameters: ['date'] }));
   * console.log(job.id);
   * ```
   * @throws {InvalidJobError} naming the field, before anything is sent.
   * @throws {ConflictError} if a job of that name exists already and nothing changed.
   */
  async submit(spec: JobSpec, options: NamespacedCallOptions = {}): Promise<JobHandle> {
    const job = await this.#toJob(spec, options);
    checkJob(job);
    return this.#submit(job, options);
  }

  /**
   * Submits a job, waits for its end, and collects what it printed, how it ended, and where its results are.
   *
   * @example
   * ```ts
   * const { stdout } = await bacalhau.jobs.run(docker({ image: 'ubuntu', parameters: ['echo', 'hi'] }));
   * ```
   * @throws {JobExitError} if its program ended with an exit code that means failure; it holds the whole result.
   * @throws {JobFailedError} if it could not be placed, started or finished, with the cause that the nodes gave.
   * @throws {JobStoppedError} if somebody stopped it.
   * @throws {RequestAbortedError} if `signal` was aborted; the job is stopped then, unless `stopOnAbort` is false.
   */
  async run(spec: JobSpec, options: RunOptions = {}): Promise<RunResult> {
    const { signal, namespace, stopOnAbort = true } = options;
    const job = await this.#toJob(spec, { signal });
    checkJob(job);
    const added = await publisherFor(job, new Nodes(this.#transport), options);
    const name = job.Name || freshName();
    const complete = { ...(added === undefined ? job : withPublisher(job, added)), Name: name };
    try {
      const handle = await this.#submit(complete, { signal, namespace }, job.Name !== name);
      return await collectRun(handle, this.#transport, added, options);
    } catch (error) {
      // It may have arrived all the same. Whatever comes of that, the caller hears of the abort.
      if (error instanceof RequestAbortedError && error.outcomeUnknown && stopOnAbort && job.Name !== name) {
        await this.handle(name, { namespace: this.#namespaceOf(job, options) })
          .stop('The run was aborted.')
          .catch(() => undefined);
      }
      throw error;
    }
  }

  /** A handle of a job by id or name. Nothing is asked until the handle is used. */
  handle(jobId: string, options: { readonly namespace?: string | undefined } = {}): JobHandle {
    return this.#handle({
      id: checkIdentifier(jobId, 'jobId'),
      namespace: options.namespace ?? this.#transport.config.namespace,
    });
  }

  async #submit(job: Job, options: NamespacedCallOptions, isFresh = !job.Name): Promise<JobHandle> {
    const namespace = this.#namespaceOf(job, options);
    const named = { ...job, Name: job.Name || freshName() };
    if (!isFresh) {
      const { JobID, Warnings } = await this.put({ Job: named }, options);
      return this.#handle({ id: JobID, namespace, warnings: Warnings ?? [] });
    }
    const release = (call: CallOptions) => this.#transport.serverRelease({ signal: call.signal });
    const { jobId, warnings } = await submitOnce({ calls: this, release }, named, options);
    return this.#handle({ id: jobId, namespace, warnings });
  }

  #namespaceOf(job: Job, options: NamespacedCallOptions): string {
    return job.Namespace ?? options.namespace ?? this.#transport.config.namespace ?? DEFAULT_NAMESPACE;
  }

  #handle(reference: { id: string; namespace: string | undefined; warnings?: readonly string[] }): JobHandle {
    return new JobHandle({ jobs: this, waiter: this.#waiter, transport: this.#transport }, reference);
  }

  async #toJob(spec: JobSpec, { signal, timeoutMs }: CallOptions): Promise<Job> {
    if (!isTemplate(spec)) return spec;
    return spec.toJob({ serverRelease: await this.#transport.serverRelease({ signal, timeoutMs }) });
  }
}

const freshName = (): string => `job-${randomHex(8)}`;
