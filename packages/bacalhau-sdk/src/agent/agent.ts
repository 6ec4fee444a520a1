import type { AgentAlive, AgentAuthConfig, BuildVersion, NodeInfo } from 'bacalhau-apiclient';
import { type ApiPromise, apiPromise } from '../answers/index.js';
import { NotFoundError } from '../errors/index.js';
import { Caller, type CallOptions, type Transport } from '../transport/index.js';

/**
 * The server that answers, itself.
 *
 * @example
 * ```ts
 * const { GitVersion } = await bacalhau.agent.version();
 * ```
 */
export class Agent {
  readonly #caller: Caller;

  /** @internal */
  constructor(transport: Transport) {
    this.#caller = new Caller(transport);
  }

  /** Whether the server is up. Needs no credentials. */
  alive(options: CallOptions = {}): ApiPromise<AgentAlive> {
    return this.#caller.read('agent.alive', options, ({ agent }, request) => agent.getAgentAlive(request));
  }

  /** Which version of Bacalhau it is. Needs no credentials. */
  version(options: CallOptions = {}): ApiPromise<BuildVersion> {
    return this.#caller.read('agent.version', options, ({ agent }, request) => agent.getAgentVersion(request));
  }

  /** What the server says of itself as a node: its id, labels, engines, publishers, capacity. */
  node(options: CallOptions = {}): ApiPromise<NodeInfo> {
    const call = this.#caller.read('agent.node', options, ({ agent }, request) => agent.getAgentNode(request));
    // Servers before 1.6 wrap it into the orchestrator's view of a node.
    const unwrapped = call
      .withResponse()
      .then(({ data, response }) => ({ data: 'Info' in data ? data.Info : data, response }));
    return apiPromise(unwrapped);
  }

  /**
   * The server's configuration, with its secrets blacked out by the server. From servers 1.5 on. Its shape belongs to
   * the server's version, so it is given as it is.
   *
   * @throws {UnsupportedByServerError} from an older server.
   */
  config(options: CallOptions = {}): ApiPromise<Readonly<Record<string, unknown>>> {
    const read = this.#caller.read('agent.config', options, ({ agent }, request) => agent.getAgentConfig(request));
    const call = this.#since('1.5.0', 'agent.config', 'Look into its configuration file.', read, options);
    // Servers before 1.5.2 answer with the bare configuration.
    const unwrapped = call
      .withResponse()
      .then(({ data, response }) => ({ data: data.config ?? { ...data }, response }));
    return apiPromise(unwrapped);
  }

  /** What the server's parts report about themselves, by part. For people who look for a fault; unstable. */
  debug(options: CallOptions = {}): ApiPromise<Readonly<Record<string, unknown>>> {
    return this.#caller.read('agent.debug', options, ({ agent }, request) => agent.getAgentDebug(request));
  }

  /**
   * How people log in here; `Config` is empty without single sign-on. From servers 1.7 on. Needs no credentials.
   *
   * @throws {UnsupportedByServerError} from an older server, which has no single sign-on.
   */
  authConfig(options: CallOptions = {}): ApiPromise<AgentAuthConfig> {
    const read = this.#caller.read('agent.authConfig', options, ({ agent }, request) =>
      agent.getAgentAuthConfig(request),
    );
    return this.#since('1.7.0', 'agent.authConfig', 'Older servers have no single sign-on.', read, options);
  }

  /** A path that the server does not know is one that came later. Asking for its version first would cost every call. */
  #since<T extends object>(
    since: string,
    name: string,
    advice: string,
    call: ApiPromise<T>,
    { signal, timeoutMs }: CallOptions,
  ): ApiPromise<T> {
    const explained = call.withResponse().catch(async (error: unknown) => {
      if (error instanceof NotFoundError) {
        await this.#caller.transport.requireServer(since, name, advice, { signal, timeoutMs });
      }
      throw error;
    });
    return apiPromise(explained);
  }
}
