import type { OptionNames } from '../arguments/index.js';
import type { AuthOptions } from '../auth/index.js';
import type { TlsOptions } from '../config/index.js';
import type { Signer } from '../keys/index.js';
import type { Logger, LogLevel } from '../logging/index.js';
import type { EnvironmentVariables, HttpAgent } from '../platform/index.js';
import type { RequestEvent, ResponseEvent, RetryEvent } from './events.js';
import type { Instrumentation } from './instrumentation/types.js';

/** The options of a single call. */
export interface CallOptions {
  /**
   * Aborts the call, which rejects at once with `RequestAbortedError`. A request in flight is closed two seconds later, unless
   * its response arrives, because servers up to 1.9.3 mix up their responses when a connection is closed early (docs/requests-in-flight.md).
   */
  readonly signal?: AbortSignal | undefined;
  /** The deadline of the call including retries, in milliseconds; `Infinity` for none. Default: the client's. */
  readonly timeoutMs?: number | undefined;
  /**
   * How often a call that only reads is repeated after a broken connection, a 429, a 503 or a damaged response. Default:
   * the client's.
   */
  readonly maxRetries?: number | undefined;
  /**
   * The largest response to accept, in bytes and unpacked, errors included. At most 536,870,888, the longest string of
   * the runtimes. Default: the client's.
   */
  readonly maxResponseBytes?: number | undefined;
  /** Additional request headers; they override the client's. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

export const CALL_OPTIONS: OptionNames<CallOptions> = {
  signal: true,
  timeoutMs: true,
  maxRetries: true,
  maxResponseBytes: true,
  headers: true,
};

/** The options of calls in one namespace. */
export interface NamespacedCallOptions extends CallOptions {
  /** The namespace. Default: the client's; without one the server decides (see each call). */
  readonly namespace?: string | undefined;
}

export const NAMESPACED_CALL_OPTIONS: OptionNames<NamespacedCallOptions> = { ...CALL_OPTIONS, namespace: true };

/**
 * How to reach an orchestrator, and with which credentials. All options have defaults: first from the environment
 * (`BACALHAU_API_HOST`, `BACALHAU_API_PORT`, `BACALHAU_API_TLS_USETLS`, `BACALHAU_API_TLS_CAFILE`,
 * `BACALHAU_API_TLS_INSECURE`, `BACALHAU_HTTPS`, `BACALHAU_DIR`, `BACALHAU_PROFILE`, `BACALHAU_API_KEY`,
 * `BACALHAU_API_USERNAME`, `BACALHAU_API_PASSWORD`, `BACALHAU_SDK_LOG`, `HTTPS_PROXY`, `HTTP_PROXY`, `NO_PROXY`), then
 * from the selected profile and `config.yaml` of the Bacalhau command line, and last its own defaults:
 * `http://127.0.0.1:1234` and `~/.bacalhau`.
 */
export interface ClientOptions {
  /** The whole address, for example `https://gateway.example.org/bacalhau`. Excludes `host`, `port` and `https`. */
  readonly baseUrl?: string | undefined;
  /** A host name, an IP address, or a URL, whose scheme and port take precedence. Default: `127.0.0.1`. */
  readonly host?: string | undefined;
  /** Default: 1234. */
  readonly port?: number | undefined;
  /** Default: false. */
  readonly https?: boolean | undefined;
  /** The namespace of every call without one of its own. */
  readonly namespace?: string | undefined;
  /** The directory of keys, tokens, profiles and `config.yaml`, shared with the command line. Default: `~/.bacalhau`. */
  readonly dir?: string | undefined;
  /** The name of a profile of the command line. Default: the one that is selected there. Excludes an address. */
  readonly profile?: string | undefined;
  /**
   * The credentials. Default: those of the environment or the profile, or the token of an earlier login; if the server
   * rejects them and offers a challenge, the client's key answers it. `false` sends none.
   */
  readonly auth?: AuthOptions | undefined;
  /**
   * Signs every request (RFC 9421), for gateways that verify signatures. Orchestrators do not: use `auth` for them.
   *
   * @example
   * ```ts
   * new Bacalhau({ signer: await Ed25519Identity.import(pem) });
   * ```
   */
  readonly signer?: Signer | undefined;
  /** How the server's certificate is checked. */
  readonly tls?: TlsOptions | undefined;
  /**
   * Node only: the HTTP proxy of every request, for example `http://proxy.example.org:3128`; `false` for none, whatever
   * the environment says. Loopback addresses are always reached directly. Default: `HTTPS_PROXY`, `HTTP_PROXY`, `NO_PROXY`.
   */
  readonly proxy?: string | false | undefined;
  /**
   * Accepts key files and stored tokens that other users can read, as secrets in containers often are. Default: false.
   */
  readonly allowReadableKeyFile?: boolean | undefined;
  /** The deadline of a call including retries, in milliseconds; `Infinity` for none. Default: 60,000. */
  readonly timeoutMs?: number | undefined;
  /**
   * How often a call that only reads is repeated after a broken connection, a 429, a 503 or a damaged response. Default: 2.
   * Calls that change something are never repeated, because the first request may have been processed.
   */
  readonly maxRetries?: number | undefined;
  /**
   * The largest response of a call to accept, in bytes and unpacked, errors included: more rejects with
   * `ResponseTooLargeError`. As many characters of output are collected by `run`: of a job that prints more, `outputComplete`
   * is false. Log streams and downloads have limits of their own. Default: 268,435,456 (256 MiB).
   */
  readonly maxResponseBytes?: number | undefined;
  /** Additional headers of every request. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Where log lines go. Default: standard error in Node, `console` in browsers. */
  readonly logger?: Logger | undefined;
  /** How much is logged. Default: `warn`. */
  readonly logLevel?: LogLevel | undefined;
  /** Called before each request, retries included. Secrets are replaced with `***`. */
  readonly onRequest?: ((event: RequestEvent) => void) | undefined;
  /** Called at the end of each request. Secrets are replaced with `***`. */
  readonly onResponse?: ((event: ResponseEvent) => void) | undefined;
  /** Called before each retry. */
  readonly onRetry?: ((event: RetryEvent) => void) | undefined;
  /** Observes operations and requests from their beginning to their end: `bacalhau-opentelemetry` makes spans of them. */
  readonly instrumentation?: Instrumentation | undefined;
  /**
   * Node only: the agent of `http:` requests. The application must destroy it; it also decides about proxies. Default: one
   * that keeps connections open.
   */
  readonly httpAgent?: HttpAgent | undefined;
  /**
   * Node only: the agent of `https:` requests. The application must destroy it; it also decides about proxies and
   * certificates. Default: one that keeps connections open.
   */
  readonly httpsAgent?: HttpAgent | undefined;
  /** The environment variables to use. Default: those of the process, and none in a browser. */
  readonly env?: EnvironmentVariables | undefined;
}
