import type { AuthMethod, OpenLoginContext } from '../auth/index.js';
import type { ResolvedConfig } from '../config/index.js';
import type { BacalhauError } from '../errors/index.js';
import type { IdentityStore } from '../identity/index.js';
import type { Logger, LogLevel } from '../logging/index.js';
import type { ServerRelease } from '../model/index.js';
import type { Connections, EnvironmentVariables } from '../platform/index.js';
import { DeferredIterator, raceAbort, sleep } from '../util/index.js';
import { type ApiPromise, apiPromise } from './api-promise.js';
import { CallDefaults } from './call-defaults.js';
import { ClientRequests, type RequestSource } from './client-requests.js';
import type { Deadline } from './deadline.js';
import type { RetryEvent } from './events.js';
import { workFailure } from './failure.js';
import { checkHeaders } from './headers.js';
import { Hooks } from './hooks.js';
import {
  type DescribeOutcome,
  loadInstrumentation,
  type ObservedOperation,
  type RunPart,
} from './instrumentation/index.js';
import { loadLoginContext } from './logins/index.js';
import type { Operation } from './operation.js';
import type { CallOptions, ClientOptions, NamespacedCallOptions } from './options.js';
import { PendingDeadlines } from './pending-deadlines.js';
import { remainingOptions } from './remaining-options.js';
import { sendOperation } from './request-loop.js';
import type { FindRoute, Router } from './route.js';
import { ServerReleaseCache } from './server-release.js';
import type { ResolvedSession, Session } from './session.js';

export interface TransportParts {
  readonly options: ClientOptions;
  readonly namespace: string | undefined;
  readonly env: EnvironmentVariables;
  readonly logger: Logger & { readonly level: LogLevel };
  readonly session: Session;
  readonly connections: Connections;
  /** False if the sockets belong to the client that this one was derived from. */
  readonly ownsConnections: boolean;
  readonly userAgent: string | undefined;
  /** Creates a transport with some options replaced. */
  readonly derive: (overrides: ClientOptions) => Transport;
}

/** The connection of a client to its server: sends operations, and starts and ends all work of the client. */
export class Transport implements RequestSource, Router {
  readonly requests: ClientRequests;
  readonly #parts: TransportParts;
  readonly #defaults: CallDefaults;
  readonly #deadlines = new PendingDeadlines();
  readonly #release = new ServerReleaseCache((operation, options) => this.call(operation, options));

  constructor(parts: TransportParts) {
    const { options, session, logger, userAgent } = parts;
    this.#parts = parts;
    this.#defaults = new CallDefaults(options);
    this.requests = new ClientRequests({
      session,
      headers: { ...(userAgent !== undefined && { 'User-Agent': userAgent }), ...checkHeaders(options.headers) },
      hooks: new Hooks({ options, logger }),
      openLogin: (resolved) => this.#openLogin(resolved),
    });
  }

  /** What options, environment and defaults say. It never changes: `resolved()` adds what files say. */
  get config(): ResolvedConfig {
    return { ...this.#parts.session.config, namespace: this.#parts.namespace };
  }

  /** The environment that the client reads. */
  get env(): EnvironmentVariables {
    return this.#parts.env;
  }

  /** Returns the keys of the configured directory. */
  identity(): Promise<IdentityStore> {
    return this.#parts.session.identity();
  }

  /** Returns what all settings were resolved to, files included, and the kind of the credentials. */
  async resolved(): Promise<{ readonly config: ResolvedConfig; readonly auth: AuthMethod['kind'] }> {
    const { config, auth } = await this.#parts.session.resolve();
    return { config: { ...config, namespace: this.#parts.namespace }, auth: auth.kind };
  }

  /** Returns the namespace of a call: its own, else the client's; undefined if neither is set, and the server decides. */
  namespaceFor({ namespace }: Pick<NamespacedCallOptions, 'namespace'>): string | undefined {
    return namespace ?? this.#parts.namespace;
  }

  /** Returns the deadline of a call, in milliseconds. */
  timeoutMs(options: CallOptions): number {
    return this.#defaults.timeoutMs(options);
  }

  /** Returns a function that returns the options with what is left of their time, for calls that share one deadline. */
  shareTimeout<O extends CallOptions>(options: O): () => O & { readonly timeoutMs: number } {
    return remainingOptions({ ...options, timeoutMs: this.timeoutMs(options) });
  }

  /** Returns how often a call may be repeated. */
  maxRetries(options: CallOptions): number {
    return this.#defaults.maxRetries(options);
  }

  /** Returns how large a response may be, in bytes and unpacked. */
  maxResponseBytes(options: CallOptions): number {
    return this.#defaults.maxResponseBytes(options);
  }

  /** Sends one operation; rejects with the SDK's own errors only. */
  call<T extends object>(operation: Operation<T>, options: CallOptions = {}): ApiPromise<T> {
    const parts = { requests: this.requests, deadlines: this.#deadlines, defaults: this.#defaults };
    const { name, call = name, jobId } = operation;
    return apiPromise(this.observe({ name: call, jobId }, () => sendOperation(operation, options, parts)));
  }

  /** Runs an operation, which the application may observe. `run` is for its parts that begin elsewhere. */
  observe<T>(
    operation: ObservedOperation,
    work: (run: RunPart) => Promise<T>,
    describe?: DescribeOutcome<T>,
  ): Promise<T> {
    const { options, logger } = this.#parts;
    const { instrumentation } = options;
    if (instrumentation === undefined) return work((part) => part());
    return loadInstrumentation().then(({ observe }) => observe({ instrumentation, logger }, operation, work, describe));
  }

  /** Returns the iterator of an operation that is a loop, which the application may observe. */
  observeLoop<T>(
    operation: ObservedOperation,
    create: () => Promise<AsyncIterator<T, void>>,
  ): AsyncIterableIterator<T, void> {
    return new DeferredIterator(async () => {
      const { options, logger } = this.#parts;
      const { instrumentation } = options;
      if (instrumentation === undefined) return create();
      return (await loadInstrumentation()).observeLoop({ instrumentation, logger }, operation, create);
    });
  }

  /** Logs in now. Without a deadline of its own, because a person may be involved. */
  async login(options: Pick<CallOptions, 'signal' | 'timeoutMs'> = {}): Promise<void> {
    await this.withDeadline('login', options, async (signal) => {
      const session = await raceAbort(this.requests.session(), signal);
      await raceAbort(session.auth.login(this.#openLogin(session)), signal);
    });
  }

  /** Returns the server's release, requested until it is known; undefined for a development build. */
  serverRelease(options: CallOptions = {}): Promise<ServerRelease | undefined> {
    return this.#release.get(options);
  }

  /** Finds how a URL is reached, with the client's proxy and certificate authorities. */
  readonly route: FindRoute = async (url, options) => {
    const session = await this.requests.session();
    return session.route(url, options);
  };

  /**
   * Runs work that consists of several calls. Its signal is aborted by the caller's, by the time limit (none by default)
   * and by closing the client; the work then rejects with the error that says which.
   */
  async withDeadline<T>(
    operation: string,
    options: Pick<CallOptions, 'signal' | 'timeoutMs'>,
    work: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const deadline = this.startDeadline(operation, options.timeoutMs, options.signal);
    try {
      return await work(deadline.signal);
    } catch (thrown) {
      throw this.deadlineError(operation, thrown, deadline);
    } finally {
      deadline.release();
    }
  }

  /** Starts a deadline, without a time limit unless one is given, that closing the client ends as well. Release it. */
  startDeadline(operation: string, timeoutMs: number | undefined, signal: AbortSignal | undefined): Deadline {
    return this.#deadlines.start(operation, timeoutMs, signal);
  }

  /** Returns the error of work under a deadline: why it was ended early, if it was, else what it threw. */
  deadlineError(operation: string, thrown: unknown, deadline: Deadline): BacalhauError {
    return workFailure(operation, thrown, deadline, this.requests.secrets);
  }

  /** Reports a retry and waits for its time, or until the signal is aborted. */
  async beforeRetry(retry: RetryEvent, signal: AbortSignal): Promise<void> {
    this.requests.hooks.retry(retry);
    await sleep(retry.delayMs, signal);
  }

  /** Logs an unexpected condition that ends no call. */
  warn(message: string): void {
    this.#parts.logger.warn(message);
  }

  /** Creates a transport with some options replaced, on the sockets of this one. */
  withOptions(overrides: ClientOptions): Transport {
    return this.#parts.derive(overrides);
  }

  /** Aborts all pending work, and closes the sockets as soon as they have nothing more to deliver. */
  close(): void {
    this.#deadlines.close();
    if (this.#parts.ownsConnections) this.#parts.connections.close();
  }

  #openLogin({ route }: ResolvedSession): OpenLoginContext {
    return async () =>
      (await loadLoginContext()).loginContext({
        call: (operation, options) => this.call(operation, options),
        route,
        secrets: this.requests.secrets,
        signal: this.#deadlines.closing,
        timeoutMs: this.#defaults.timeoutMs({}),
      });
  }
}
