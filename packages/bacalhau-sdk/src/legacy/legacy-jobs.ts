import type {
  EventsResponse,
  Job,
  JobApi,
  ListResponse,
  LocalEventsResponse,
  ResultsResponse,
  StatesResponse,
  SubmitResponse,
} from 'bacalhau-apiclient/legacy';
import { checkOptions, type OptionNames } from '../arguments/index.js';
import { InvalidArgumentError, RequestTimeoutError, UnsupportedRuntimeError } from '../errors/index.js';
import {
  type ApiPromise,
  type ApiResponse,
  apiPromise,
  CALL_OPTIONS,
  type CallOptions,
  connect,
  type Operation,
  type Transport,
} from '../http/index.js';
import { defined } from '../util/index.js';
import { checkLegacyOptions } from './check-options.js';
import { type Dialect, type LegacyCall, requireCall } from './dialects.js';
import { type SignedBody, sealPayload } from './envelope.js';
import { explain } from './explain.js';
import type { LegacyJob, LegacyListOptions, LegacyOptions, LegacySubmitOptions, LegacyWaitOptions } from './options.js';
import { cancelPayload, submitPayload } from './payload.js';
import type { LegacyRun } from './runs.js';
import { LegacyServer } from './server.js';
import { keyFileSigner, type PayloadSigner } from './signer.js';
import { type LegacyOutcome, waitForJob } from './wait.js';

const LIST_OPTIONS: OptionNames<LegacyListOptions> = {
  ...CALL_OPTIONS,
  ...{ id: true, clientId: true, returnAll: true, maxJobs: true, sortBy: true, sortReverse: true },
  ...{ includeTags: true, excludeTags: true },
};
const SUBMIT_OPTIONS: OptionNames<LegacySubmitOptions> = { ...CALL_OPTIONS, context: true };
const WAIT_OPTIONS: OptionNames<LegacyWaitOptions> = { ...CALL_OPTIONS, maxIntervalMs: true };
const OPTION_NAMES: Readonly<Record<LegacyCall, OptionNames<CallOptions>>> = {
  submit: SUBMIT_OPTIONS,
  list: LIST_OPTIONS,
  events: CALL_OPTIONS,
  localEvents: CALL_OPTIONS,
  results: CALL_OPTIONS,
  states: CALL_OPTIONS,
  cancel: CALL_OPTIONS,
};

type Request = Parameters<Operation<object>['send']>[1];
type Send<T extends object> = (api: JobApi, request: Request, dialect: Dialect) => ReturnType<Operation<T>['send']>;

/** A call without its request. */
interface Call {
  readonly name: LegacyCall;
  /** The job that it is about. */
  readonly jobId?: string;
  readonly options: CallOptions;
}

/**
 * Submits, lists, follows and cancels jobs on a Bacalhau network before 1.4, whose servers have another API. The
 * dialect of the server is determined from its version.
 *
 * Calls reject with a subclass of `BacalhauError`; a call that the server does not have, with `UnsupportedByServerError`,
 * which names the corresponding call of today. Each takes `signal`, `timeoutMs`, `maxRetries` and `headers`.
 *
 * @example
 * ```ts
 * await using jobs = new LegacyJobs({ host: 'bacalhau.example.org' }); // or configured by the environment
 * const { job } = await jobs.submit({
 *   Spec: { Engine: 'Docker', Verifier: 'Noop', Publisher: 'Ipfs', Docker: { Image: 'ubuntu', Entrypoint: ['date'] } },
 * });
 * const { runs } = await jobs.wait(legacyJobId(job));
 * console.log(runs.find(({ state }) => state === 'Completed')?.output?.stdout);
 * ```
 */
export class LegacyJobs implements AsyncDisposable {
  readonly #transport: Transport;
  readonly #server: LegacyServer;
  readonly #signer: PayloadSigner | undefined;

  /**
   * Creates a client without sending anything. Throws `ConfigurationError` for a malformed option or environment variable.
   */
  constructor(options: LegacyOptions = {}) {
    checkLegacyOptions(options);
    const { serverVersion, payloadSigner, ...clientOptions } = options;
    this.#transport = connect(clientOptions);
    this.#server = new LegacyServer(this.#transport, serverVersion);
    this.#signer = payloadSigner;
  }

  /** The address of the server, without a trailing slash. */
  get baseUrl(): string {
    return this.#transport.config.baseUrl;
  }

  /**
   * Submits a job, signed with the client's key. It is never sent twice, because the server would create another
   * job: after a `CallError` with `outcomeUnknown`, check whether it arrived.
   *
   * @returns the job as the server stored it; `legacyJobId` finds its id.
   * @throws {InvalidJobError} naming the field that is missing, of a wrong type, or unknown to servers up to 0.3.17
   * (later ones ignore unknown fields).
   * @throws {LegacySignatureError} if the server does not accept the signature.
   */
  submit(job: LegacyJob, options: LegacySubmitOptions = {}): ApiPromise<SubmitResponse> {
    return this.#signed(
      { name: 'submit', options },
      (dialect, clientId) => ({
        field: dialect.submitField,
        payload: submitPayload(dialect, { clientId, job, context: options.context }),
      }),
      (api, request, { signature, signer }) =>
        api.submit({ submitRequest: { signature, client_public_key: signer.publicKey } }, request),
    );
  }

  /**
   * Lists jobs, by default those of this client. Servers from 0.3.20 on return each with its state.
   *
   * @throws {NotFoundError} if `id` is unknown.
   */
  list(options: LegacyListOptions = {}): ApiPromise<ListResponse> {
    const { id, maxJobs, returnAll, sortBy, sortReverse, includeTags, excludeTags } = options;
    return this.#read({ name: 'list', options }, async (api, request) => {
      const clientId = options.clientId ?? (await this.#clientId());
      if (clientId === undefined && id === undefined && returnAll !== true) {
        throw new UnsupportedRuntimeError(
          'There is no key file in this runtime, and so no client id. Pass clientId, or returnAll for the jobs of all clients.',
        );
      }
      const listRequest = defined({
        client_id: clientId,
        id,
        max_jobs: maxJobs,
        return_all: returnAll,
        sort_by: sortBy,
        sort_reverse: sortReverse,
        include_tags: includeTags && [...includeTags],
        exclude_tags: excludeTags && [...excludeTags],
      });
      return api.list({ listRequest }, request);
    });
  }

  /**
   * Returns the state of a job on each node. `runsOf` reads all formats of it.
   *
   * @param jobId the full id.
   * @throws {NotFoundError} if there is no such job.
   */
  states(jobId: string, options: CallOptions = {}): ApiPromise<StatesResponse> {
    return this.#read({ name: 'states', jobId, options }, async (api, request) =>
      api.states({ jobIdRequest: await this.#jobIdRequest(jobId) }, request),
    );
  }

  /**
   * Returns where the results of a job are: empty until they are published, and for the publisher `Noop`.
   *
   * @param jobId the full id.
   * @throws {NotFoundError} if there is no such job.
   */
  results(jobId: string, options: CallOptions = {}): ApiPromise<ResultsResponse> {
    return this.#read({ name: 'results', jobId, options }, async (api, request) =>
      api.results({ jobIdRequest: await this.#jobIdRequest(jobId) }, request),
    );
  }

  /**
   * Returns the history of a job in order: events of the network up to servers 0.3.19, changes of states later.
   *
   * @param jobId the full id.
   * @throws {NotFoundError} if there is no such job.
   */
  events(jobId: string, options: CallOptions = {}): ApiPromise<EventsResponse> {
    return this.#read({ name: 'events', jobId, options }, async (api, request) =>
      api.events({ eventsRequest: await this.#jobIdRequest(jobId) }, request),
    );
  }

  /**
   * Returns the local events of the node that responds. Servers up to 0.3.19.
   *
   * @param jobId the full id.
   * @throws {NotFoundError} if there is no such job.
   * @throws {UnsupportedByServerError} from servers 0.3.20 on.
   */
  localEvents(jobId: string, options: CallOptions = {}): ApiPromise<LocalEventsResponse> {
    return this.#read({ name: 'localEvents', jobId, options }, async (api, request) =>
      api.localEvents({ jobIdRequest: await this.#jobIdRequest(jobId) }, request),
    );
  }

  /**
   * Cancels a job of this client. Servers from 0.3.21 on.
   *
   * @param jobId the full id.
   * @returns its state after that. Of a job that was cancelled before, servers from 1.1 on return it once more.
   * @throws {ConflictError} if it has completed or failed; up to 1.0 also if it was cancelled before.
   * @throws {NotFoundError} if there is no such job.
   * @throws {PermissionDeniedError} if it belongs to another client.
   * @throws {UnsupportedByServerError} for servers before 0.3.21.
   */
  cancel(jobId: string, reason?: string, options: CallOptions = {}): ApiPromise<StatesResponse> {
    return this.#signed(
      { name: 'cancel', jobId, options },
      (dialect, clientId) => ({
        // `requireCall` has made sure that there is one.
        field: dialect.cancelField ?? 'payload',
        payload: cancelPayload(clientId, checkJobId(jobId), reason),
      }),
      (api, request, { signature, signer }) =>
        api.cancel({ cancelRequest: { signature, client_public_key: signer.publicKey } }, request),
    );
  }

  /**
   * Waits until a job has ended.
   *
   * @returns its last state, once as many nodes have completed it as its `Deal` asks for.
   * @throws {LegacyJobError} if it failed or was cancelled, with what the nodes said about it.
   * @throws {RequestTimeoutError} after `timeoutMs`; the job continues.
   * @throws {NotFoundError} if there is no such job.
   * @example
   * ```ts
   * const { runs } = await jobs.wait(id, { timeoutMs: 60_000 });
   * ```
   */
  async wait(jobId: string, options: LegacyWaitOptions = {}): Promise<LegacyOutcome> {
    checkOptions(options, WAIT_OPTIONS);
    const { timeoutMs, signal, maxIntervalMs, maxRetries, headers } = options;
    let seen: readonly LegacyRun[] = [];
    const onPoll = (runs: readonly LegacyRun[]): void => {
      seen = runs;
    };
    try {
      return await this.#transport.withDeadline('legacy.wait', { timeoutMs, signal }, (aborted) =>
        waitForJob(this, jobId, { call: { signal: aborted, maxRetries, headers }, maxIntervalMs, onPoll }),
      );
    } catch (error) {
      if (!(error instanceof RequestTimeoutError)) throw error;
      const runs = seen.map(({ nodeId, state }) => `${nodeId}: ${state}`).join(', ') || 'no node has accepted it';
      throw new RequestTimeoutError(
        `Job ${jobId} has not ended within ${timeoutMs} ms (${runs}). The job continues.`,
        error,
      );
    }
  }

  /**
   * Aborts the calls in flight (they reject with `RequestAbortedError`) and closes the sockets. Later calls are refused.
   */
  async close(): Promise<void> {
    this.#transport.close();
  }

  /** Calls `close()`, for `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #read<T extends object>({ name, jobId, options }: Call, send: Send<T>): ApiPromise<T> {
    return apiPromise(
      this.#prepare({ name, options }, async (dialect, remaining) => {
        const operation: Operation<T> = {
          name: `legacy.${name}`,
          safe: true,
          ...defined({ jobId }),
          send: (apis, request) => send(this.#server.api(apis, dialect), request, dialect),
        };
        return this.#send({ name, options: remaining, dialect }, operation, undefined);
      }),
    );
  }

  #signed<T extends object>(
    { name, jobId, options }: Call,
    compose: (dialect: Dialect, clientId: string) => { readonly field: string; readonly payload: string },
    send: (api: JobApi, request: Request, sealed: SignedBody) => ReturnType<Operation<T>['send']>,
  ): ApiPromise<T> {
    return apiPromise(
      this.#prepare({ name, options }, async (dialect, remaining) => {
        const signer = this.#signer ?? (await keyFileSigner(await this.#transport.identity()));
        const { field, payload } = compose(dialect, signer.clientId);
        const sealed = await sealPayload(field, payload, signer);
        const operation: Operation<T> = {
          name: `legacy.${name}`,
          safe: false,
          ...defined({ jobId }),
          // The generated client would serialize the body again; what is sent is the text that contains the signed bytes.
          send: (apis, request) =>
            send(this.#server.api(apis, dialect), { ...request, transformRequest: () => sealed.text }, sealed),
        };
        return this.#send({ name, options: remaining, dialect }, operation, sealed);
      }),
    );
  }

  /** Determines the dialect of the server; the time this takes counts towards the deadline of the call. */
  async #prepare<T>(
    { name, options }: Call,
    work: (dialect: Dialect, remaining: CallOptions) => Promise<T>,
  ): Promise<T> {
    checkOptions(options, OPTION_NAMES[name]);
    const started = performance.now();
    const timeoutMs = this.#transport.timeoutMs(options);
    const dialect = await this.#server.dialect(name, options);
    requireCall(dialect, name);
    return work(dialect, { ...options, timeoutMs: Math.max(1, timeoutMs - (performance.now() - started)) });
  }

  async #send<T extends object>(
    { name, options, dialect }: Call & { readonly dialect: Dialect },
    operation: Operation<T>,
    sealed: SignedBody | undefined,
  ): Promise<ApiResponse<T>> {
    try {
      return await this.#transport.call(operation, options).withResponse();
    } catch (error) {
      throw await explain(error, { call: name, dialect, sealed });
    }
  }

  /** Returns the client id, which reads carry but servers do not check; undefined where there is no key. */
  async #clientId(): Promise<string | undefined> {
    if (this.#signer !== undefined) return this.#signer.clientId;
    try {
      return (await (await this.#transport.identity()).rsa()).clientId;
    } catch (error) {
      if (error instanceof UnsupportedRuntimeError) return undefined;
      throw error;
    }
  }

  async #jobIdRequest(jobId: string): Promise<{ client_id?: string; job_id: string }> {
    return { ...defined({ client_id: await this.#clientId() }), job_id: checkJobId(jobId) };
  }
}

/**
 * Returns the id of a job, whose place in the object changed with 0.3.14.
 *
 * @throws {InvalidArgumentError} for a job without one, which does not come from a server.
 */
export function legacyJobId(job: Job): string {
  const id = job.Metadata?.ID ?? job.ID;
  if (id === undefined || id === '')
    throw new InvalidArgumentError('job', 'has no id: it does not come from a server.');
  return id;
}

function checkJobId(jobId: string): string {
  if (typeof jobId !== 'string' || jobId.trim() === '') {
    throw new InvalidArgumentError('jobId', 'must be a string that is not empty. Pass the full id of the job.');
  }
  return jobId;
}
