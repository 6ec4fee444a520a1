import { Agent } from '../agent/index.js';
import type { Identity } from '../identity/index.js';
import type { JobHandle } from '../job/index.js';
import { Jobs } from '../jobs/index.js';
import { Nodes } from '../nodes/index.js';
import { type ClientOptions, connect, derive, Transport } from '../transport/index.js';

/**
 * A connection to one Bacalhau orchestrator. Making it sends nothing and reads nothing; the first call makes the key
 * file `user_id.pem` if it is missing, as the Bacalhau command line does.
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

  /** The address of the orchestrator, without a slash at the end. */
  get baseUrl(): string {
    return this.#transport.config.baseUrl;
  }

  /**
   * A handle of a job by id or name. Nothing is asked until the handle is used, so a stored id can be taken up again.
   *
   * @example
   * ```ts
   * const { State } = await bacalhau.job(storedId).wait();
   * ```
   */
  job(idOrName: string, options: { readonly namespace?: string | undefined } = {}): JobHandle {
    return this.jobs.handle(idOrName, options);
  }

  /**
   * A client with some options replaced, which shares this one's sockets. Closing it leaves them open: close the
   * original last. A new `baseUrl`, `host`, `port` or `https` replaces the old address as a whole.
   *
   * @example
   * ```ts
   * const staging = bacalhau.withOptions({ namespace: 'staging', timeoutMs: 5_000 });
   * ```
   */
  withOptions(overrides: ClientOptions): Bacalhau {
    return new Bacalhau(derive(this.#transport, overrides));
  }

  /**
   * Who this client is: the client id and the public key of `user_id.pem`, made if it is missing.
   *
   * @throws {ConfigurationError} if the key file cannot be made or read, or holds no RSA key.
   * @throws {UnsupportedRuntimeError} where there is no file system.
   */
  identity(): Promise<Identity> {
    return this.#transport.identity.load();
  }

  /** Gives up the calls under way (they reject with `RequestAbortedError`) and closes the sockets. Later calls are refused. */
  async close(): Promise<void> {
    this.#transport.close();
  }

  /** The same as `close()`, for `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
