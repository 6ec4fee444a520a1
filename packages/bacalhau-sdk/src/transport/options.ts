import type { Environment } from '../config/index.js';
import type { Logger, LogLevel } from '../logging/index.js';
import type { HttpAgent } from '../platform/platform.js';
import type { RequestEvent, ResponseEvent, RetryEvent } from './events.js';

/** What a single call may set for itself. */
export interface CallOptions {
  /** Gives up when aborted, with `RequestAbortedError`. */
  readonly signal?: AbortSignal | undefined;
  /** Deadline of the whole call, retries included, in milliseconds; `Infinity` for none. Default: the client's. */
  readonly timeoutMs?: number | undefined;
  /** How often a call that only reads is repeated after a broken connection, a 429 or a 503. Default: the client's. */
  readonly maxRetries?: number | undefined;
  /** Further request headers; they win over the client's. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/** The options of calls that look at one namespace. */
export interface NamespacedCallOptions extends CallOptions {
  /** The namespace. Default: the client's; without one the server decides (see each call). */
  readonly namespace?: string | undefined;
}

/**
 * How to reach an orchestrator. Everything is optional: what is left out comes from the environment
 * (`BACALHAU_API_HOST`, `BACALHAU_API_PORT`, `BACALHAU_HTTPS`, `BACALHAU_DIR`, `BACALHAU_SDK_LOG`), and then from the
 * defaults of the Bacalhau command line: `http://127.0.0.1:1234` and `~/.bacalhau`.
 */
export interface ClientOptions {
  /** The whole address, for example `https://gateway.example.org/bacalhau`. Excludes `host`, `port` and `https`. */
  readonly baseUrl?: string | undefined;
  /** A host name, an IP address, or a URL whose scheme and port then win. Default: `127.0.0.1`. */
  readonly host?: string | undefined;
  /** Default: 1234. */
  readonly port?: number | undefined;
  /** Default: false. */
  readonly https?: boolean | undefined;
  /** The namespace of every call that does not name its own. */
  readonly namespace?: string | undefined;
  /** The directory of the key file `user_id.pem`. Default: `~/.bacalhau`. */
  readonly dir?: string | undefined;
  /** Deadline of a whole call, retries included, in milliseconds; `Infinity` for none. Default: 60,000. */
  readonly timeoutMs?: number | undefined;
  /**
   * How often a call that only reads is repeated after a broken connection, a 429 or a 503. Default: 2. Calls that
   * change something are never repeated, because the first one may have arrived.
   */
  readonly maxRetries?: number | undefined;
  /** Headers of every request. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Where log lines go. Default: standard error in Node, `console` in browsers. */
  readonly logger?: Logger | undefined;
  /** How much is logged. Default: `warn`. */
  readonly logLevel?: LogLevel | undefined;
  /** Sees every request, retries too, before it is sent. Secret headers are blacked out. */
  readonly onRequest?: ((event: RequestEvent) => void) | undefined;
  /** Sees how every request ended. Secret headers are blacked out. */
  readonly onResponse?: ((event: ResponseEvent) => void) | undefined;
  /** Sees every decision to try again. */
  readonly onRetry?: ((event: RetryEvent) => void) | undefined;
  /** Node only: the agent of `http:` requests. Yours to destroy. Default: one that keeps connections open. */
  readonly httpAgent?: HttpAgent | undefined;
  /** Node only: the agent of `https:` requests. Yours to destroy. Default: one that keeps connections open. */
  readonly httpsAgent?: HttpAgent | undefined;
  /** The environment to read. Default: the process's, and none in a browser. */
  readonly env?: Environment | undefined;
}
