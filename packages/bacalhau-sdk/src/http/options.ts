import type { AuthOptions } from '../auth/index.js';
import type { TlsOptions } from '../config/index.js';
import type { Signer } from '../keys/index.js';
import type { Logger, LogLevel } from '../logging/index.js';
import type { EnvironmentVariables, HttpAgent } from '../platform/index.js';
import type { RequestEvent, ResponseEvent, RetryEvent } from './events.js';

/** What a single call may set for itself. */
export interface CallOptions {
  /**
   * Gives up when aborted, with `RequestAbortedError`. A request that is under way has two more seconds to be answered,
   * because servers up to 1.9.3 mix up their answers to others when they see one broken off (docs/servers.md).
   */
  readonly signal?: AbortSignal | undefined;
  /** Deadline of the whole call, retries included, in milliseconds; `Infinity` for none. Default: the client's. */
  readonly timeoutMs?: number | undefined;
  /**
   * How often a call that only reads is repeated after a broken connection, a 429, a 503 or a spoilt answer. Default: the
   * client's.
   */
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
 * How to reach an orchestrator, and as whom. Everything is optional: what is left out comes from the environment
 * (`BACALHAU_API_HOST`, `BACALHAU_API_PORT`, `BACALHAU_API_TLS_USETLS`, `BACALHAU_API_TLS_CAFILE`,
 * `BACALHAU_API_TLS_INSECURE`, `BACALHAU_HTTPS`, `BACALHAU_DIR`, `BACALHAU_PROFILE`, `BACALHAU_API_KEY`,
 * `BACALHAU_API_USERNAME`, `BACALHAU_API_PASSWORD`, `BACALHAU_SDK_LOG`, `HTTPS_PROXY`, `HTTP_PROXY`, `NO_PROXY`), from
 * the selected profile and `config.yaml` of the Bacalhau command line, and then from its defaults:
 * `http://127.0.0.1:1234` and `~/.bacalhau`.
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
  /** The directory of keys, tokens, profiles and `config.yaml`: that of the command line. Default: `~/.bacalhau`. */
  readonly dir?: string | undefined;
  /** A profile of the command line by name. Default: the one that is selected there. Excludes an address. */
  readonly profile?: string | undefined;
  /**
   * Who is calling. Default: what the environment or the profile says, or the token of an earlier login; and a server
   * that refuses that gets the key's answer to its challenge, if it offers one. `false` sends nothing.
   */
  readonly auth?: AuthOptions | undefined;
  /**
   * Signs every request as RFC 9421 says, for gateways that check it. Orchestrators do not: `auth` is for them.
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
   * Node only: the HTTP proxy of every request, for example `http://proxy.example.org:3128`; `false` for none whatever
   * the environment says. Loopback addresses never go through one. Default: `HTTPS_PROXY`, `HTTP_PROXY`, `NO_PROXY`.
   */
  readonly proxy?: string | false | undefined;
  /** Takes key files that others than their owner can read, as secrets in containers often are. Default: false. */
  readonly allowReadableKeyFile?: boolean | undefined;
  /** Deadline of a whole call, retries included, in milliseconds; `Infinity` for none. Default: 60,000. */
  readonly timeoutMs?: number | undefined;
  /**
   * How often a call that only reads is repeated after a broken connection, a 429, a 503 or a spoilt answer. Default: 2.
   * Calls that change something are never repeated, because the first one may have arrived.
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
  /**
   * Node only: the agent of `http:` requests. Yours to destroy; proxies are its business then. Default: one that keeps
   * connections open.
   */
  readonly httpAgent?: HttpAgent | undefined;
  /**
   * Node only: the agent of `https:` requests. Yours to destroy; proxies and certificates are its business then.
   * Default: one that keeps connections open.
   */
  readonly httpsAgent?: HttpAgent | undefined;
  /** The environment to read. Default: the process's, and none in a browser. */
  readonly env?: EnvironmentVariables | undefined;
}
