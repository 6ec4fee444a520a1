import type { AgentAlive, AgentAuthConfig, BuildVersion, NodeInfo } from 'bacalhau-apiclient';
import { NotFoundError } from '../errors/index.js';
import {
  type ApiCall,
  type ApiPromise,
  ApiResource,
  apiPromise,
  CALL_OPTIONS,
  type CallOptions,
  mapped,
  ownNodeProblem,
  requireServer,
  type Transport,
} from '../http/index.js';

type Send<T extends object> = ApiCall<T, CallOptions>['send'];

/**
 * Query the server itself: its version, configuration and health.
 *
 * @example
 * ```ts
 * const { GitVersion } = await bacalhau.agent.version();
 * ```
 */
export class Agent {
  readonly #api: ApiResource;

  /** @internal */
  constructor(transport: Transport) {
    this.#api = new ApiResource(transport);
  }

  /** Checks whether the server is up. Needs no credentials. */
  alive(options: CallOptions = {}): ApiPromise<AgentAlive> {
    return this.#read('agent.alive', options, ({ agent }, request) => agent.getAgentAlive(request));
  }

  /** Returns the server's version of Bacalhau. Needs no credentials. */
  version(options: CallOptions = {}): ApiPromise<BuildVersion> {
    return this.#read('agent.version', options, ({ agent }, request) => agent.getAgentVersion(request));
  }

  /** Describes the server as a node: its id, labels, engines, publishers, capacity. */
  node(options: CallOptions = {}): ApiPromise<NodeInfo> {
    const call = this.#api.read<NodeInfo | { readonly Info: NodeInfo }, CallOptions>({
      name: 'agent.node',
      options,
      optionNames: CALL_OPTIONS,
      problem: ownNodeProblem,
      send: ({ agent }, request) => agent.getAgentNode(request),
    });
    // Servers before 1.6 wrap it into the orchestrator's view of a node.
    return mapped(call, (answer) => ('Info' in answer ? answer.Info : answer));
  }

  /**
   * Returns the server's configuration, with its secrets redacted by the server. From servers 1.5 on. Its fields differ
   * between versions of the server, so it is passed on as it is.
   *
   * @throws {UnsupportedByServerError} from an older server.
   */
  config(options: CallOptions = {}): ApiPromise<Readonly<Record<string, unknown>>> {
    const read = this.#read('agent.config', options, ({ agent }, request) => agent.getAgentConfig(request));
    const call = this.#since('1.5.0', 'agent.config', 'Look into its configuration file.', read, options);
    // Servers before 1.5.2 answer with the bare configuration.
    return mapped(call, (answer) => answer.config ?? { ...answer });
  }

  /** Returns what the components of the server report about themselves, for debugging; unstable. */
  debug(options: CallOptions = {}): ApiPromise<Readonly<Record<string, unknown>>> {
    return this.#read('agent.debug', options, ({ agent }, request) => agent.getAgentDebug(request));
  }

  /**
   * Returns how users log in to this server; `Config` is empty without single sign-on. From servers 1.7 on. Needs no
   * credentials.
   *
   * @throws {UnsupportedByServerError} from an older server, which has no single sign-on.
   */
  authConfig(options: CallOptions = {}): ApiPromise<AgentAuthConfig> {
    const read = this.#read('agent.authConfig', options, ({ agent }, request) => agent.getAgentAuthConfig(request));
    return this.#since('1.7.0', 'agent.authConfig', 'Older servers have no single sign-on.', read, options);
  }

  #read<T extends object>(name: string, options: CallOptions, send: Send<T>): ApiPromise<T> {
    return this.#api.read({ name, options, optionNames: CALL_OPTIONS, send });
  }

  /**
   * Explains a path that an older server does not have. To ask every server for its version first would cost each call a
   * request.
   */
  #since<T extends object>(
    since: string,
    name: string,
    advice: string,
    call: ApiPromise<T>,
    options: CallOptions,
  ): ApiPromise<T> {
    const { transport } = this.#api;
    const explained = call.withResponse().catch(async (error: unknown) => {
      if (error instanceof NotFoundError) {
        const { signal, timeoutMs } = options;
        await requireServer(transport, since, name, advice, { signal, timeoutMs });
      }
      throw error;
    });
    return apiPromise(explained);
  }
}
