import { Agent } from '../agent/index.js';
import { checkOneOf, checkOptions, type OptionNames } from '../arguments/index.js';
import type { AuthKind } from '../auth/index.js';
import type { ResolvedConfig } from '../config/index.js';
import { type CallOptions, type ClientOptions, connect, Transport } from '../http/index.js';
import type { KeyType } from '../identity/index.js';
import { Jobs } from '../jobs/index.js';
import type { Ed25519Identity, RsaIdentity } from '../keys/index.js';
import { Nodes } from '../nodes/index.js';

/** How to log in. */
export type LoginOptions = Pick<CallOptions, 'signal' | 'timeoutMs'>;

const LOGIN_OPTIONS: OptionNames<LoginOptions> = { signal: true, timeoutMs: true };
const KEY_TYPES: Readonly<Record<KeyType, KeyType>> = { rsa: 'rsa', ed25519: 'ed25519' };

/**
 * A connection to one Bacalhau orchestrator. Creating it sends nothing and reads nothing; the first call reads the files
 * of the Bacalhau command line (`config.yaml`, the selected profile, tokens), and creates the key file `user_id.pem` if it
 * is missing, as the command line does.
 *
 * @example
 * ```ts
 * await using bacalhau = new Bacalhau({ host: 'https://bacalhau.example.org', port: 1234 });
 * for await (const job of bacalhau.jobs.list()) console.log(job.ID);
 * ```
 */
export class Bacalhau implements AsyncDisposable {
  /** Submit, run, stop, look up and list jobs. */
  readonly jobs: Jobs;
  /** List and administer compute nodes. */
  readonly nodes: Nodes;
  /** Query the server itself: its version, configuration and health. */
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
   * Returns a client with some options replaced, which shares this one's sockets. Closing it leaves them open: close the
   * original last. A new `baseUrl`, `host`, `port`, `https` or `profile` replaces the old address as a whole, and what
   * belongs to that one is not used with the new one: `auth`, `tls`, and headers with secrets in them.
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
   * Returns the resolved settings of this client, and where each came from. Reads files; sends nothing. It contains no
   * secrets.
   *
   * @example
   * ```ts
   * const { baseUrl, sources, auth } = await bacalhau.config();
   * console.log(`${baseUrl} (${sources.endpoint}), authenticated by: ${auth}`);
   * ```
   * @throws {ConfigurationError} if a file is malformed, or names a profile that does not exist.
   */
  async config(): Promise<
    ResolvedConfig & {
      /** The kind of authentication that calls use. */
      readonly auth: AuthKind;
    }
  > {
    const { config, auth } = await this.#transport.resolved();
    return { ...config, auth };
  }

  /**
   * Logs in now and keeps the token for later runs, instead of when the first call needs it. Does nothing with an API
   * key, a password or a token. There is no time limit unless you set one, because a person may be involved.
   *
   * @throws {LoginError} if the person, the provider or the server refuses, or the server offers no such login.
   * @throws {AuthenticationError} if the server does not accept the answer.
   */
  async login(options: LoginOptions = {}): Promise<void> {
    checkOptions(options, LOGIN_OPTIONS);
    return this.#transport.login(options);
  }

  /**
   * Returns the identity of this client: the key pair of `user_id.pem`, created if it is missing, with its client id.
   *
   * @throws {ConfigurationError} if the key file cannot be created or read, others can read it, or it holds no RSA key.
   * @throws {UnsupportedRuntimeError} where there is no file system.
   */
  identity(): Promise<RsaIdentity>;
  /**
   * Returns a second key pair of this client, in `user_id_ed25519.pem`, created if it is missing. It signs requests to
   * gateways; servers do not support this kind.
   */
  identity(type: 'ed25519'): Promise<Ed25519Identity>;
  async identity(type: KeyType = 'rsa'): Promise<RsaIdentity | Ed25519Identity> {
    checkOneOf(type, KEY_TYPES, 'type');
    const identity = await this.#transport.identity();
    return type === 'rsa' ? identity.rsa() : identity.ed25519();
  }

  /**
   * Aborts the calls in progress (they reject with `RequestAbortedError`) and closes the sockets: at once, or after two
   * seconds at most if a response is pending. Later calls are refused.
   */
  async close(): Promise<void> {
    this.#transport.close();
  }

  /** Closes the client, for `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
