import { type Devnet, startDevnet } from 'bacalhau-devnet';

/** Takes no node for lost because a benchmark leaves it no time to say that it is there. */
const NodeManager = { DisconnectTimeout: '10m' };

export const startNetwork = (): Promise<Devnet> =>
  startDevnet({ orchestratorConfig: { Orchestrator: { NodeManager } } });

/** A network with the times of servers that are not told otherwise, where a devnet has shorter ones. */
export const startNetworkWithServerDefaults = ({ computeNodes = 1 } = {}): Promise<Devnet> =>
  startDevnet({
    computeNodes,
    orchestratorConfig: { Orchestrator: { NodeManager, Scheduler: { QueueBackoff: '1m' } } },
    computeConfig: { Compute: { Heartbeat: { Interval: '15s' } } },
  });
