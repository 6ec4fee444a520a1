import type { AgentAlive, AgentAuthConfig, BuildVersion, NodeInfo } from 'bacalhau-apiclient';
import { type ApiPromise, ApiResource, apiPromise, type CallOptions, type Transport } from '../http/index.js';
import { load, raceAbort } from '../util/index.js';

/**
 * The server that answers, itself.
 *
 * @example
 * ```ts
 * const { GitVersion } = await bacalhau.agent.version();
 * ```
 */
export class Agent {
  readonly #caller: ApiResource;

  /** @internal */
  constructor(transport: Transport) {
    this.#caller = new ApiResource(transport);
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
    return this.#other('agent.node', options, ({ node }) => node(this.#caller, options));
  }

  /**
   * The server's configuration, with its secrets blacked out by the server. From servers 1.5 on. Its shape belongs to
   * the server's version, so it is given as it is.
   *
   * @throws {UnsupportedByServerError} from an older server.
   */
  config(options: CallOptions = {}): ApiPromise<Readonly<Record<string, unknown>>> {
    return this.#other('agent.config', options, ({ config }) => config(this.#caller, options));
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
    return this.#other('agent.authConfig', options, ({ authConfig }) => authConfig(this.#caller, options));
  }

  #other<T>(
    name: string,
    { signal, timeoutMs }: CallOptions,
    call: (calls: typeof import('./agent-calls.js')) => ApiPromise<T>,
  ): ApiPromise<T> {
    const calls = this.#caller.transport.withDeadline(name, { signal, timeoutMs }, (cut) =>
      raceAbort(load(import('./agent-calls.js')), cut),
    );
    return apiPromise(calls.then((loaded) => call(loaded).withResponse()));
  }
}
