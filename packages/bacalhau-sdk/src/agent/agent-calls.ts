import type { AgentAuthConfig, NodeInfo } from 'bacalhau-apiclient';
import { NotFoundError } from '../errors/index.js';
import {
  type ApiPromise,
  type ApiResource,
  apiPromise,
  type CallOptions,
  mapped,
  requireServer,
} from '../http/index.js';

export function node(caller: ApiResource, options: CallOptions): ApiPromise<NodeInfo> {
  const call = caller.read('agent.node', options, ({ agent }, request) => agent.getAgentNode(request));
  // Servers before 1.6 wrap it into the orchestrator's view of a node.
  return mapped(call, (answer) => ('Info' in answer ? answer.Info : answer));
}

export function config(caller: ApiResource, options: CallOptions): ApiPromise<Readonly<Record<string, unknown>>> {
  const read = caller.read('agent.config', options, ({ agent }, request) => agent.getAgentConfig(request));
  const call = cameWith('1.5.0', 'agent.config', 'Look into its configuration file.', read, caller, options);
  // Servers before 1.5.2 answer with the bare configuration.
  return mapped(call, (answer) => answer.config ?? { ...answer });
}

export function authConfig(caller: ApiResource, options: CallOptions): ApiPromise<AgentAuthConfig> {
  const read = caller.read('agent.authConfig', options, ({ agent }, request) => agent.getAgentAuthConfig(request));
  return cameWith('1.7.0', 'agent.authConfig', 'Older servers have no single sign-on.', read, caller, options);
}

/** A path that the server does not know is one that came later. Asking for its version first would cost every call. */
function cameWith<T extends object>(
  since: string,
  name: string,
  advice: string,
  call: ApiPromise<T>,
  { transport }: ApiResource,
  { signal, timeoutMs }: CallOptions,
): ApiPromise<T> {
  const explained = call.withResponse().catch(async (error: unknown) => {
    if (error instanceof NotFoundError) await requireServer(transport, since, name, advice, { signal, timeoutMs });
    throw error;
  });
  return apiPromise(explained);
}
