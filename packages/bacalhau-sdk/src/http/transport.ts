import type { AxiosResponse, InternalAxiosRequestConfig, RawAxiosRequestConfig } from 'axios';
import type { AuthMethod, LoginAccess } from '../auth/index.js';
import type { ResolvedConfig } from '../config/index.js';
import { ApiError, type BacalhauError, ConfigurationError, InvalidArgumentError } from '../errors/index.js';
import type { IdentityStore } from '../keys/index.js';
import type { Logger, LogLevel } from '../logging/index.js';
import { parseRelease, type ServerRelease } from '../model/index.js';
import type { Connections } from '../platform/platform.js';
import type { Secret } from '../redaction/index.js';
import { raceAbort, randomHex, sleep } from '../util/index.js';
import { type ApiPromise, type ApiResponse, apiPromise } from './api-promise.js';
import { Deadline } from './deadline.js';
import { notify, type RetryEvent } from './events.js';
import { type CallContext, type Expected, expectObject, toFailure } from './failure.js';
import { checkHeaders, type Headers, hasAuthorization, plainHeaders } from './headers.js';
import { rest } from './late.js';
import type { CallOptions, ClientOptions } from './options.js';
import type { Unsigned } from './request-signature.js';
import { retryDelayMs } from './retry-delay.js';
import { isTransient } from './retry-policy.js';
import type { Apis, Link, Session } from './session.js';

const DEFAULT_TIMEOUT_MS = 60_000;
const DEFAULT_MAX_RETRIES = 2;

/** One call of the API, ready to be sent as often as need be. */
export interface Operation<T extends object> extends Expected {
  /** The SDK's name of it, for messages: `jobs.list`. */
  readonly name: string;
  /** Whether it only reads, so that it may be repeated. */
  readonly safe: boolean;
  /** Whether it is sent without credentials, as what a login consists of must be. Default: false. */
  readonly anonymous?: boolean;
  /** Checks the arguments and sends one request. What it throws rejects the call; argument errors are not retried. */
  readonly send: (apis: Apis, request: RawAxiosRequestConfig) => Promise<AxiosResponse<T>>;
}

export interface TransportParts {
  readonly options: ClientOptions;
  readonly namespace: string | undefined;
  readonly logger: Logger & { readonly level: LogLevel };
  readonly session: Session;
  readonly connections: Connections;
  /** False where the sockets belong to the client that this one was derived from. */
  readonly ownsConnections: boolean;
  readonly userAgent: string | undefined;
}

/** What one call said of who is calling. */
interface Sent {
  authorization: Secret | undefined;
  renewed: boolean;
}

/** The way to the server, and the only place that knows axios: headers, deadline, retries, errors, hooks, log lines. */
export class Transport {
  readonly options: ClientOptions;
  readonly session: Session;
  readonly connections: Connections;
  readonly #namespace: string | undefined;
  readonly logger: TransportParts['logger'];
  readonly #ownsConnections: boolean;
  /** Those of every request. */
  readonly headers: Headers;
  readonly #timeoutMs: number;
  readonly #maxRetries: number;
  readonly #pending = new Set<Deadline>();
  readonly #closing = new AbortController();
  #release: { readonly value: ServerRelease | undefined } | undefined;

  constructor(parts: TransportParts) {
    const { options } = parts;
    this.options = options;
    this.session = parts.session;
    this.connections = parts.connections;
    this.#namespace = parts.namespace;
    this.logger = parts.logger;
    this.#ownsConnections = parts.ownsConnections;
    this.#timeoutMs = checkTimeout(options.timeoutMs) ?? DEFAULT_TIMEOUT_MS;
    this.#maxRetries = checkRetries(options.maxRetries) ?? DEFAULT_MAX_RETRIES;
    this.headers = {
      ...(parts.userAgent === undefined ? {} : { 'User-Agent': parts.userAgent }),
      ...checkHeaders(options.headers),
    };
  }

  /** Until the first call what options and environment say, after it what the files add. */
  get config(): ResolvedConfig {
    return { ...this.session.config, namespace: this.#namespace };
  }

  get identity(): IdentityStore {
    return this.session.identity;
  }

  /** What everything was resolved to, files included, and by what the client says who it is. */
  async resolved(): Promise<{ readonly config: ResolvedConfig; readonly auth: AuthMethod['kind'] }> {
    const { auth } = await this.session.link();
    return { config: this.config, auth: auth.kind };
  }

  /** Logs in now. Without a deadline of its own: a person may be part of it. */
  async login(options: Pick<CallOptions, 'signal' | 'timeoutMs'> = {}): Promise<void> {
    await this.withDeadline('login', options, async (cut) => {
      const link = await this.session.link();
      await raceAbort(link.auth.login(this.loginAccess(link)), cut);
    });
  }

  /** Carries out one operation; rejects with the SDK's own errors only. */
  call<T extends object>(operation: Operation<T>, options: CallOptions = {}): ApiPromise<T> {
    return apiPromise(this.#run(operation, options));
  }

  /**
   * For what takes longer than one call: gives it a signal that ends with the caller's, with the deadline (none unless
   * said) and with the client, and turns its end by one of these into the error that says which.
   */
  async withDeadline<T>(
    operation: string,
    options: Pick<CallOptions, 'signal' | 'timeoutMs'>,
    work: (cut: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const deadline = this.startDeadline(operation, options.timeoutMs, options.signal);
    try {
      return await work(deadline.signal);
    } catch (thrown) {
      throw await this.deadlineError(operation, thrown, deadline);
    } finally {
      deadline.release();
    }
  }

  /** The error of what a lease held: its end, if that came, by what ended it. */
  async deadlineError(operation: string, thrown: unknown, deadline: Deadline): Promise<BacalhauError> {
    const attempt = { operation, safe: true, baseUrl: this.config.baseUrl, requestId: '', attempts: 0 };
    return (await toFailure(thrown, { ...attempt, deadline, secrets: this.session.secrets })).error;
  }

  /** The deadline of a call, in milliseconds. */
  timeoutMs(options: CallOptions): number {
    return checkTimeout(options.timeoutMs) ?? this.#timeoutMs;
  }

  /** How often a call is repeated at most. */
  maxRetries(options: CallOptions): number {
    return checkRetries(options.maxRetries) ?? this.#maxRetries;
  }

  /**
   * The server's release, asked until it is known; undefined for a development build, which counts as the newest. Calls
   * at the same time ask each for itself: one that is aborted must not take others along.
   */
  async serverRelease(options: CallOptions = {}): Promise<ServerRelease | undefined> {
    if (this.#release === undefined) {
      const { GitVersion } = await this.call(
        {
          ...{ name: 'agent.version', safe: true, requiredField: 'GitVersion' },
          send: ({ agent }, sending) => agent.getAgentVersion(sending),
        },
        options,
      );
      this.#release = { value: parseRelease(GitVersion) };
    }
    return this.#release.value;
  }

  /** A deadline (none unless said) that closing the client ends as well. Call `release` in the end. */
  startDeadline(name: string, timeoutMs: number | undefined, signal: AbortSignal | undefined): Deadline {
    if (this.#closing.signal.aborted) throw new ConfigurationError(`${name}: this client is closed. Make a new one.`);
    const deadline = new Deadline(checkTimeout(timeoutMs) ?? Number.POSITIVE_INFINITY, signal, () =>
      this.#pending.delete(deadline),
    );
    this.#pending.add(deadline);
    return deadline;
  }

  /** Gives up what is under way, and closes the sockets as soon as they have nothing more to bring. */
  close(): void {
    this.#closing.abort();
    for (const deadline of this.#pending) deadline.abort('closed');
    if (this.#ownsConnections) this.connections.close();
  }

  async #run<T extends object>(operation: Operation<T>, options: CallOptions): Promise<ApiResponse<T>> {
    const maxRetries = this.maxRetries(options);
    const requestId = randomHex(16);
    const headers = { 'X-Request-Id': requestId, ...this.headers, ...checkHeaders(options.headers) };
    const deadline = this.startDeadline(operation.name, this.timeoutMs(options), options.signal);
    const context = {
      ...{
        operation: operation.name,
        safe: operation.safe,
        anonymous: operation.anonymous,
        requestId,
        deadline,
        attempts: 0,
      },
      ...{ baseUrl: this.config.baseUrl, secrets: this.session.secrets },
    };
    const sent: Sent = { authorization: undefined, renewed: operation.anonymous === true || hasAuthorization(headers) };
    const hangUp = abortAfterGrace(deadline.signal);
    try {
      const link = await this.session.link();
      context.baseUrl = link.config.baseUrl;
      await this.identity.ensure();
      for (;;) {
        try {
          deadline.signal.throwIfAborted();
          context.attempts += 1;
          const sending = operation.send(link.apis, this.#request(link, context, headers, sent, hangUp));
          // What is loaded for it knows nothing of the deadline.
          const response = await raceAbort(sending, deadline.signal);
          await expectObject(response, operation, context);
          return { data: response.data, response: describe(response, context) };
        } catch (thrown) {
          const { error, retryAfter } = await toFailure(thrown, context);
          const { attempts } = context;
          if (await this.#renewed(link, error, sent, deadline)) continue;
          if (!operation.safe || attempts > maxRetries || !isTransient(error)) throw error;
          const delayMs = retryDelayMs(attempts, retryAfter);
          // Waiting past the deadline would only hide the error that says what is wrong.
          if (delayMs >= deadline.remainingMs()) throw error;
          await this.beforeRetry(
            { operation: operation.name, attempt: attempts, requestId, delayMs, error },
            deadline.signal,
          );
        }
      }
    } catch (thrown) {
      // While it logged in anew, too, it may have been given up.
      throw (await toFailure(thrown, context)).error;
    } finally {
      deadline.release();
    }
  }

  /** Tells of a retry and waits for its time, or until the call is given up. */
  async beforeRetry(retry: RetryEvent, cut: AbortSignal): Promise<void> {
    notify(this.logger, 'onRetry', this.options.onRetry, retry);
    this.logger.info(`${retry.error.message} Trying again in ${Math.round(retry.delayMs)} ms.`);
    await sleep(retry.delayMs, cut);
  }

  /**
   * Whether a refused call is worth another try, with a new login. Also one that writes: a server that refuses has
   * carried nothing out. At most once a call.
   */
  async #renewed(link: Link, error: BacalhauError, sent: Sent, deadline: Deadline): Promise<boolean> {
    if (sent.renewed || !(error instanceof ApiError && isRefusal(error.status, sent.authorization))) return false;
    sent.renewed = true;
    return raceAbort(link.auth.renew(sent.authorization, this.loginAccess(link)), deadline.signal);
  }

  /** The `Authorization` of a request; what it holds is blacked out from now on. */
  async authorization(link: Link, cut: AbortSignal): Promise<Secret | undefined> {
    const authorization = await raceAbort(link.auth.authorization(this.loginAccess(link)), cut);
    if (authorization !== undefined) this.session.secrets.authorizations.add(authorization.reveal());
    return authorization;
  }

  /** The request's part that differs from attempt to attempt. The adapter is where axios sends: what it is given goes out. */
  #request(link: Link, context: CallContext, headers: Headers, sent: Sent, hangUp: AbortSignal): RawAxiosRequestConfig {
    const { signal } = context.deadline;
    return {
      headers: { ...headers },
      adapter: async (config) => {
        if (context.anonymous !== true && !hasAuthorization(headers)) {
          sent.authorization = await this.authorization(link, signal);
          if (sent.authorization !== undefined) config.headers.set('Authorization', sent.authorization.reveal());
        }
        const { method, url, data: body } = config;
        config.headers.set(await this.signature({ method, url, headers: plainHeaders(config.headers), body }));
        signal.throwIfAborted();
        config.signal = hangUp;
        return this.#observe(link, context, config);
      },
    };
  }

  /** The headers that sign a request; none without a signer. */
  async signature(request: Unsigned): Promise<Headers> {
    const { signer } = this.session;
    if (signer === undefined) return {};
    const { signatureHeaders } = await rest();
    return signatureHeaders(request, signer);
  }

  loginAccess(link: Link): LoginAccess {
    return async () => {
      const { loginContext } = await rest();
      return loginContext({ transport: this, link, signal: this.#closing.signal, timeoutMs: this.#timeoutMs });
    };
  }

  async #observe(link: Link, context: CallContext, config: InternalAxiosRequestConfig): Promise<AxiosResponse> {
    const { onRequest, onResponse } = this.options;
    if (onRequest === undefined && onResponse === undefined && this.logger.level !== 'debug')
      return link.adapter(config);
    const { sendObserved } = await rest();
    return sendObserved(this, context, config, link.adapter);
  }
}

/** How long a request that nobody waits for any more may take before its connection is closed, in milliseconds. */
const FINISH_MS = 2_000;

/** Servers that see a request given up mix up their answers to others, and may crash (docs/servers.md). */
function abortAfterGrace(cut: AbortSignal): AbortSignal {
  const hangUp = new AbortController();
  cut.onabort = () => {
    // Unlike `setTimeout` this keeps no process alive.
    AbortSignal.timeout(FINISH_MS).onabort = () => hangUp.abort();
  };
  return hangUp.signal;
}

function describe(response: AxiosResponse, { requestId, attempts }: CallContext): ApiResponse<unknown>['response'] {
  const headers = plainHeaders(response.headers);
  return {
    status: response.status,
    headers,
    requestId: headers['x-request-id'] ?? requestId,
    serverVersion: headers['x-bacalhau-git-version'],
    attempts,
  };
}

/** Some servers answer 403 to a request of which they do not know who sent it. */
export const isRefusal = (status: number, authorization: Secret | undefined): boolean =>
  status === 401 || (status === 403 && authorization === undefined);

function checkTimeout(timeoutMs: number | undefined): number | undefined {
  if (timeoutMs === undefined || (typeof timeoutMs === 'number' && timeoutMs > 0)) return timeoutMs;
  throw new InvalidArgumentError('timeoutMs', `is ${timeoutMs}. Use a number of milliseconds above 0, or Infinity.`);
}

function checkRetries(maxRetries: number | undefined): number | undefined {
  if (maxRetries === undefined || (Number.isInteger(maxRetries) && maxRetries >= 0)) return maxRetries;
  throw new InvalidArgumentError('maxRetries', `is ${maxRetries}. Use a whole number from 0 up.`);
}
