import { Agent } from '../agent/index.js';
import type { AuthKind } from '../auth/index.js';
import type { ResolvedConfig } from '../config/index.js';
import { type CallOptions, type ClientOptions, connect, Transport } from '../http/index.js';
import { Jobs } from '../jobs/index.js';
import type { Ed25519Identity, KeyType, RsaIdentity } from '../keys/index.js';
import { Nodes } from '../nodes/index.js';

/**
 * A connection to one Bacalhau orchestrator. Making it sends nothing and reads nothing; the first call reads the files of
 * the Bacalhau command line (`config.yaml`, the selected profile, tokens), and makes the key file `user_id.pem` if it is
 * missing, as that does.
 *
 * @example
 * ```ts
 * await using bacalhau = new Bacalhau({ host: 'https://bacalhau.example.org', port: 1234 });
 * for await (const job of bacalhau.jobs.list()) console.log(job.ID);
 * ```
 */
export class Bacalhau implements AsyncDisposable {
  /** Submit, stop, look up, list. */
  readonly jobs: Jobs;
  /** Who takes part in the network, and who may. */
  readonly nodes: Nodes;
  /** The server itself: its version, configuration, health. */
  readonly agent: Agent;
  readonly #transport: Transport;

  /** @throws {ConfigurationError} if an option or an environment variable is malformed. */
  constructor(options?: ClientOptions);
  /** @internal */
  constructor(transport: Transport);
  constructor(source: ClientOptions | Transport = {}) {
    this.#transport = source instanceof Transport ? source : connect(source);
    this.jobs = new Jobs(this.#transport);
    this.nodes = new Nodes(this.#transport);
    this.agent = new Agent(this.#transport);
  }

  /**
   * The address of the orchestrator that options, environment and defaults name, without a slash at the end. It never
   * changes. A profile or `config.yaml` may name another address: `config()` returns the one that is used.
   */
  get baseUrl(): string {
    return this.#transport.config.baseUrl;
  }

  /**
   * A client with some options replaced, which shares this one's sockets. Closing it leaves them open: close the
   * original last. A new `baseUrl`, `host`, `port`, `https` or `profile` replaces the old address as a whole, and what
   * was given for that one stays behind: `auth`, `tls`, and headers with secrets in them.
   *
   * @example
   * ```ts
   * const staging = bacalhau.withOptions({ namespace: 'staging', timeoutMs: 5_000 });
   * ```
   */
  withOptions(overrides: ClientOptions): Bacalhau {
    return new Bacalhau(this.#transport.withOptions(overrides));
  }

  /**
   * Where this client connects to and how, with the place that each setting came from. Reads the files; sends nothing.
   * There is nothing secret in it.
   *
   * @example
   * ```ts
   * const { baseUrl, sources, auth } = await bacalhau.config();
   * console.log(`${baseUrl} (${sources.endpoint}), saying who is calling by: ${auth}`);
   * ```
   * @throws {ConfigurationError} if a file is malformed, or names a profile that does not exist.
   */
  async config(): Promise<
    ResolvedConfig & {
      /** How calls say who is calling. */
      readonly auth: AuthKind;
    }
  > {
    const { config, auth } = await this.#transport.resolved();
    return { ...config, auth };
  }

  /**
   * Logs in now and keeps the token for later runs, instead of when the first call needs it. Does nothing with an API
   * key, a password or a token. There is no deadline unless you give one: a person may be part of it.
   *
   * @throws {LoginError} if the person, the provider or the server refuses, or the server offers no such login.
   * @throws {AuthenticationError} if the server does not accept the answer.
   */
  login(options: Pick<CallOptions, 'signal' | 'timeoutMs'> = {}): Promise<void> {
    return this.#transport.login(options);
  }

  /**
   * Who this client is: the key pair of `user_id.pem`, made if it is missing, with the client id that servers know it by.
   *
   * @throws {ConfigurationError} if the key file cannot be made or read, others can read it, or it holds no RSA key.
   * @throws {UnsupportedRuntimeError} where there is no file system.
   */
  identity(): Promise<RsaIdentity>;
  /**
   * Another key pair of this client, in `user_id_ed25519.pem` beside the first, made if it is missing. It signs requests
   * to gateways; servers do not know this kind.
   */
  identity(type: 'ed25519'): Promise<Ed25519Identity>;
  identity(type: KeyType = 'rsa'): Promise<RsaIdentity | Ed25519Identity> {
    return type === 'rsa' ? this.#transport.identity.rsa() : this.#transport.identity.ed25519();
  }

  /**
   * Gives up the calls under way (they reject with `RequestAbortedError`) and closes the sockets: at once, or two seconds
   * later at most if an answer is still to come. Later calls are refused.
   */
  async close(): Promise<void> {
    this.#transport.close();
  }

  /** The same as `close()`, for `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
