import { type Devnet, startDevnet } from 'bacalhau-devnet';

/** A network that takes no node for lost because a benchmark leaves it no time to say that it is there. */
export const startNetwork = (): Promise<Devnet> =>
  startDevnet({ orchestratorConfig: { Orchestrator: { NodeManager: { DisconnectTimeout: '10m' } } } });
