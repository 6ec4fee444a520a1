import axios, {
  type AxiosAdapter,
  type AxiosInstance,
  type AxiosResponse,
  type InternalAxiosRequestConfig,
  type RawAxiosRequestConfig,
} from 'axios';
import { AgentApi, Configuration, JobApi, NodeApi } from 'bacalhau-apiclient';
import { type ApiPromise, apiPromise, type Reply } from '../answers/index.js';
import type { ResolvedConfig } from '../config/index.js';
import { ConfigurationError, InvalidArgumentError, UnsupportedByServerError } from '../errors/index.js';
import type { IdentityStore } from '../identity/index.js';
import type { Logger, LogLevel } from '../logging/index.js';
import type { Connections } from '../platform/platform.js';
import { Deadline, sleep } from './deadline.js';
import { TextBody } from './error-body.js';
import { checkHeaders, type Headers, plainHeaders, redact } from './headers.js';
import type { CallOptions, ClientOptions } from './options.js';
import { type OutsideAnswer, type OutsideRequest, openOutside } from './outside.js';
import { randomHex } from './random.js';
import { isWorthRetrying, retryDelayMs } from './retry.js';
import { type CallContext, expectObject, toFailure, upgradeError } from './to-error.js';
import type { Upgrade } from './upgrade.js';
import { isAtLeast, parseRelease, type Release } from './version.js';

const DEFAULT_TIMEOUT_MS = 60_000;
const DEFAULT_MAX_RETRIES = 2;

/** The generated classes that operations are sent through. */
export interface Apis {
  readonly jobs: JobApi;
  readonly nodes: NodeApi;
  readonly agent: AgentApi;
}

/** One call of the API, ready to be sent as often as need be. */
export interface Operation<T extends object> {
  /** The SDK's name of it, for messages: `jobs.list`. */
  readonly name: string;
  /** Whether it only reads, so that it may be repeated. */
  readonly safe: boolean;
  /** Checks the arguments and sends one request. What it throws rejects the call; argument errors are not retried. */
  readonly send: (apis: Apis, request: RawAxiosRequestConfig) => Promise<AxiosResponse<T>>;
}

export interface TransportParts {
  readonly options: ClientOptions;
  readonly config: ResolvedConfig;
  readonly logger: Logger & { readonly level: LogLevel };
  readonly identity: IdentityStore;
  readonly connections: Connections;
  /** False where the sockets belong to the client that this one was derived from. */
  readonly ownsConnections: boolean;
  readonly userAgent: string | undefined;
}

/** The way to the server, and the only place that knows axios: headers, deadline, retries, errors, hooks, log lines. */
export class Transport {
  readonly config: ResolvedConfig;
  readonly identity: IdentityStore;
  readonly options: ClientOptions;
  readonly connections: Connections;
  readonly #agents: Connections['agents'];
  readonly #logger: TransportParts['logger'];
  readonly #ownsConnections: boolean;
  readonly #instance: AxiosInstance;
  readonly #apis: Apis;
  readonly #adapter: AxiosAdapter;
  readonly #headers: Headers;
  readonly #timeoutMs: number;
  readonly #maxRetries: number;
  readonly #pending = new Set<Deadline>();
  #closed = false;
  #release: Promise<Release | undefined> | undefined;

  constructor(parts: TransportParts) {
    const { options, config, connections } = parts;
    this.options = options;
    this.config = config;
    this.identity = parts.identity;
    this.connections = connections;
    this.#logger = parts.logger;
    this.#ownsConnections = parts.ownsConnections;
    this.#timeoutMs = checkTimeout(options.timeoutMs) ?? DEFAULT_TIMEOUT_MS;
    this.#maxRetries = checkRetries(options.maxRetries) ?? DEFAULT_MAX_RETRIES;
    this.#headers = {
      ...(parts.userAgent === undefined ? {} : { 'User-Agent': parts.userAgent }),
      ...checkHeaders(options.headers),
    };
    this.#agents = {
      ...connections.agents,
      ...(options.httpAgent && { httpAgent: options.httpAgent }),
      ...(options.httpsAgent && { httpsAgent: options.httpsAgent }),
    };
    const instance = axios.create({
      ...this.#agents,
      // The API has no redirects; following one would carry credentials away.
      maxRedirects: 0,
      maxBodyLength: Number.POSITIVE_INFINITY,
      transformResponse: [decodeBody],
      // As with the Bacalhau command line, loopback addresses never go through a proxy.
      ...(isLoopback(config.baseUrl) && { proxy: false as const }),
    });
    this.#instance = instance;
    this.#adapter = axios.getAdapter(instance.defaults.adapter);
    const configuration = new Configuration({ basePath: config.baseUrl });
    this.#apis = {
      jobs: new JobApi(configuration, config.baseUrl, instance),
      nodes: new NodeApi(configuration, config.baseUrl, instance),
      agent: new AgentApi(configuration, config.baseUrl, instance),
    };
  }

  /** Carries out one operation; rejects with the SDK's own errors only. */
  call<T extends object>(operation: Operation<T>, options: CallOptions = {}): ApiPromise<T> {
    return apiPromise(this.#run(operation, options));
  }

  /**
   * For what takes longer than one call: gives it a signal that ends with the caller's, with the deadline (none unless
   * said) and with the client, and turns its end by one of these into the error that says which.
   */
  async hold<T>(
    operation: string,
    options: Pick<CallOptions, 'signal' | 'timeoutMs'>,
    work: (cut: AbortSignal) => Promise<T>,
  ): Promise<T> {
    this.#checkOpen(operation);
    const deadline = new Deadline(checkTimeout(options.timeoutMs) ?? Number.POSITIVE_INFINITY, options.signal);
    this.#pending.add(deadline);
    try {
      return await work(deadline.signal);
    } catch (thrown) {
      const { baseUrl } = this.config;
      throw toFailure(thrown, { operation, safe: true, baseUrl, requestId: '', attempts: 0, deadline }).error;
    } finally {
      deadline.release();
      this.#pending.delete(deadline);
    }
  }

  /**
   * The request that axios does not send: the upgrade to a WebSocket. Who sends it reports what came of it, so that
   * hooks, log lines and errors are those of every other request. `path` is below the base URL, escaped already.
   */
  async prepareUpgrade(
    operation: string,
    path: string,
    query: Readonly<Record<string, string>>,
    options: Pick<CallOptions, 'headers'> = {},
  ): Promise<Upgrade> {
    this.#checkOpen(operation);
    await this.identity.ensure();
    const { baseUrl } = this.config;
    const httpAgent = this.options.httpAgent ?? this.connections.agents.httpAgent;
    const httpsAgent = this.options.httpsAgent ?? this.connections.agents.httpsAgent;
    const requestId = randomHex(16);
    const headers = { 'X-Request-Id': requestId, ...this.#headers, ...checkHeaders(options.headers) };
    // `http` becomes `ws`, `https` becomes `wss`.
    const url = `${baseUrl.replace(/^http/, 'ws')}${path}?${new URLSearchParams(query)}`;
    const about = { operation, attempt: 1, requestId, method: 'GET', url };
    this.#tell('onRequest', this.options.onRequest, { ...about, headers: redact(plainHeaders(headers)) });
    const started = performance.now();
    const answered = (status: number | undefined, answer: object): void => {
      const durationMs = performance.now() - started;
      const shown = redact(plainHeaders(answer));
      this.#tell('onResponse', this.options.onResponse, { ...about, durationMs, status, headers: shown });
      this.#logger.debug(
        `GET ${url} -> ${status ?? 'no answer'} in ${durationMs.toFixed(1)} ms (request ${requestId})`,
      );
    };
    return {
      url,
      headers,
      agent: baseUrl.startsWith('https:') ? httpsAgent : httpAgent,
      opened: () => answered(101, {}),
      failed: (end) => {
        if (end.kind === 'refused') answered(end.status, end.headers);
        else answered(undefined, {});
        const body = end.kind === 'refused' ? decodeBody(end.body) : undefined;
        return upgradeError(end, body, { operation, safe: true, baseUrl, requestId, attempts: 1 });
      },
    };
  }

  #checkOpen(operation: string): void {
    if (this.#closed) throw new ConfigurationError(`${operation}: this client is closed. Make a new one.`);
  }

  /** A generated client of another API document, sent through this transport's operations like those of the first. */
  client<A>(Type: new (configuration: undefined, basePath: string, instance: AxiosInstance) => A, path: string): A {
    return new Type(undefined, this.config.baseUrl + path, this.#instance);
  }

  /** The deadline of a call, in milliseconds. */
  timeoutMs(options: CallOptions): number {
    return checkTimeout(options.timeoutMs) ?? this.#timeoutMs;
  }

  /** The server's release, asked once; undefined for a development build, which counts as the newest. */
  serverRelease(options: CallOptions = {}): Promise<Release | undefined> {
    this.#release ??= this.call(
      { name: 'agent.version', safe: true, send: ({ agent }, sending) => agent.getAgentVersion(sending) },
      options,
    ).then(
      ({ GitVersion }) => parseRelease(GitVersion),
      (error: unknown) => {
        this.#release = undefined; // The next call asks again.
        throw error;
      },
    );
    return this.#release;
  }

  /** @throws {UnsupportedByServerError} if the server is older than `since`. */
  async requireServer(since: string, operation: string, advice: string, options: CallOptions = {}): Promise<void> {
    const release = await this.serverRelease(options);
    if (isAtLeast(release, since)) return;
    const version = release === undefined ? 'unknown' : `${release.major}.${release.minor}.${release.patch}`;
    throw new UnsupportedByServerError(
      `${operation} needs a server from ${since} on; this one is ${version}. ${advice}`,
    );
  }

  /**
   * Asks a place that is not the API, such as where results are kept: on this client's sockets and with its trust in
   * certificates, but without its headers and credentials. Rejects with `BrokenConnection`.
   */
  outside(request: OutsideRequest, signal: AbortSignal): Promise<OutsideAnswer> {
    return openOutside(request, this.#agents, signal);
  }

  /** The deadline of something longer than a call, which closing the client ends as well. Call `release` in the end. */
  lease(name: string, timeoutMs: number | undefined, signal: AbortSignal | undefined): Deadline {
    this.#checkOpen(name);
    const deadline = new Deadline(checkTimeout(timeoutMs) ?? Number.POSITIVE_INFINITY, signal, () =>
      this.#pending.delete(deadline),
    );
    this.#pending.add(deadline);
    return deadline;
  }

  /** Gives up what is under way and closes the sockets. */
  close(): void {
    this.#closed = true;
    for (const deadline of this.#pending) deadline.cut('closed');
    if (this.#ownsConnections) this.connections.close();
  }

  async #run<T extends object>(operation: Operation<T>, options: CallOptions): Promise<Reply<T>> {
    this.#checkOpen(operation.name);
    const maxRetries = checkRetries(options.maxRetries) ?? this.#maxRetries;
    const requestId = randomHex(16);
    const headers = { 'X-Request-Id': requestId, ...this.#headers, ...checkHeaders(options.headers) };
    const deadline = new Deadline(this.timeoutMs(options), options.signal);
    this.#pending.add(deadline);
    let attempts = 0;
    const context = (): CallContext => ({
      operation: operation.name,
      safe: operation.safe,
      baseUrl: this.config.baseUrl,
      requestId,
      attempts,
      deadline,
    });
    try {
      await this.identity.ensure();
      for (;;) {
        try {
          deadline.signal.throwIfAborted();
          attempts += 1;
          const response = await operation.send(this.#apis, this.#request(context(), headers));
          expectObject(response.status, response.data, response.headers, context());
          return { data: response.data, response: describe(response, requestId, attempts) };
        } catch (thrown) {
          const { error, retryAfter } = toFailure(thrown, context());
          if (!operation.safe || attempts > maxRetries || !isWorthRetrying(error)) throw error;
          const delayMs = retryDelayMs(attempts, retryAfter);
          // Waiting past the deadline would only hide the error that says what is wrong.
          if (delayMs >= deadline.remainingMs()) throw error;
          this.#tell('onRetry', this.options.onRetry, {
            operation: operation.name,
            attempt: attempts,
            requestId,
            delayMs,
            error,
          });
          this.#logger.info(`${error.message} Trying again in ${Math.round(delayMs)} ms.`);
          await sleep(delayMs, deadline.signal);
        }
      }
    } finally {
      deadline.release();
      this.#pending.delete(deadline);
    }
  }

  /** The request's part that differs from attempt to attempt. The adapter is where axios sends: hooks see what it sees. */
  #request(context: CallContext, headers: Headers): RawAxiosRequestConfig {
    const request = { headers: { ...headers }, signal: context.deadline.signal };
    const { onRequest, onResponse } = this.options;
    const observed = onRequest !== undefined || onResponse !== undefined || this.#logger.level === 'debug';
    return observed ? { ...request, adapter: (config) => this.#observe(context, config) } : request;
  }

  async #observe(context: CallContext, config: InternalAxiosRequestConfig): Promise<AxiosResponse> {
    const about = {
      operation: context.operation,
      attempt: context.attempts,
      requestId: context.requestId,
      method: (config.method ?? 'get').toUpperCase(),
      url: config.url ?? '',
    };
    this.#tell('onRequest', this.options.onRequest, { ...about, headers: redact(plainHeaders(config.headers)) });
    const started = performance.now();
    const ended = (response: AxiosResponse | undefined): void => {
      const durationMs = performance.now() - started;
      const headers = redact(plainHeaders(response?.headers ?? {}));
      this.#tell('onResponse', this.options.onResponse, { ...about, durationMs, status: response?.status, headers });
      this.#logger.debug(
        `${about.method} ${about.url} -> ${response?.status ?? 'no answer'} in ${durationMs.toFixed(1)} ms (request ${about.requestId})`,
      );
    };
    try {
      const response = await this.#adapter(config);
      ended(response);
      return response;
    } catch (error) {
      ended(axios.isAxiosError(error) ? error.response : undefined);
      throw error;
    }
  }

  /** A hook that throws must not change the outcome of the call it looks at. */
  #tell<E>(hook: string, listener: ((event: E) => void) | undefined, event: E): void {
    try {
      listener?.(event);
    } catch (error) {
      this.#logger.warn(`${hook} threw: ${error instanceof Error ? error.message : error}`);
    }
  }
}

/** axios would quietly hand out the text of what it cannot parse. */
function decodeBody(body: unknown): unknown {
  if (typeof body !== 'string') return body;
  try {
    return JSON.parse(body);
  } catch {
    return new TextBody(body);
  }
}

function describe(response: AxiosResponse, requestId: string, attempts: number): Reply<unknown>['response'] {
  const headers = plainHeaders(response.headers);
  return {
    status: response.status,
    headers,
    requestId: headers['x-request-id'] ?? requestId,
    serverVersion: headers['x-bacalhau-git-version'],
    attempts,
  };
}

const isLoopback = (baseUrl: string): boolean => /^https?:\/\/(127\.|localhost[:/]|\[::1\])/.test(`${baseUrl}/`);

function checkTimeout(timeoutMs: number | undefined): number | undefined {
  if (timeoutMs === undefined || (typeof timeoutMs === 'number' && timeoutMs > 0)) return timeoutMs;
  throw new InvalidArgumentError('timeoutMs', `is ${timeoutMs}. Use a number of milliseconds above 0, or Infinity.`);
}

function checkRetries(maxRetries: number | undefined): number | undefined {
  if (maxRetries === undefined || (Number.isInteger(maxRetries) && maxRetries >= 0)) return maxRetries;
  throw new InvalidArgumentError('maxRetries', `is ${maxRetries}. Use a whole number from 0 up.`);
}
