import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { deepMerge, type JsonObject, valueAt } from './json.js';
import { logFile } from './supervisor/protocol.js';

/** The role of a server process. */
export type NodeRole = 'orchestrator' | 'compute';

/** The plan of one server process. */
export interface NodePlan {
  /** `orchestrator`, `compute-1`, `compute-2`, … */
  readonly name: string;
  readonly role: NodeRole;
  /** The node's id in the network, chosen beforehand because its containers are labeled with it. */
  readonly id: string;
  readonly dataDir: string;
  readonly configFile: string;
  readonly config: JsonObject;
  readonly logFile: string;
  /** The port of its HTTP API, on loopback. */
  readonly apiPort: number;
}

export interface NetworkPlan {
  readonly orchestrator: NodePlan;
  readonly computeNodes: readonly NodePlan[];
}

export interface PlanInput {
  readonly dir: string;
  readonly logDir: string;
  readonly computeNodes: number;
  /** Free ports; {@link portsNeeded} says how many. */
  readonly ports: readonly number[];
  readonly config: JsonObject;
  readonly orchestratorConfig: JsonObject;
  readonly computeConfig: JsonObject;
}

const LOOPBACK = '127.0.0.1';

/** Returns how many ports a network needs: an API each, the orchestrator's for its nodes, and each local publisher's. */
export function portsNeeded(computeNodes: number): number {
  return 2 + 2 * computeNodes;
}

/**
 * Plans an orchestrator and its compute nodes, each a process with its own data directory, ports and configuration.
 *
 * Precedence, lowest first: defaults for a network on one machine, `config`, what must differ from node to node (ports,
 * addresses), the configuration of the role, and the role itself.
 */
export function planNetwork(input: PlanInput): NetworkPlan {
  const ports = [...input.ports];
  const port = (): number => {
    const next = ports.shift();
    if (next === undefined) throw new Error('too few ports were given');
    return next;
  };

  const plan = (name: string, role: NodeRole, topology: JsonObject, roleConfig: JsonObject): NodePlan => {
    const config = deepMerge(
      {
        // No telemetry from a developer's machine.
        DisableAnalytics: true,
        UpdateConfig: { Interval: '0s' },
        WebUI: { Enabled: false },
        Logging: { Level: 'info' },
      },
      input.config,
      topology,
      roleConfig,
      { Orchestrator: { Enabled: role === 'orchestrator' }, Compute: { Enabled: role === 'compute' } },
    );
    const apiPort = valueAt(config, 'API', 'Port');
    return {
      name,
      role,
      id: `n-${randomUUID()}`,
      dataDir: join(input.dir, name),
      configFile: join(input.dir, `${name}.yaml`),
      config,
      logFile: logFile(input.logDir, name),
      apiPort: Number(apiPort),
    };
  };

  const orchestrator = plan(
    'orchestrator',
    'orchestrator',
    { API: { Host: LOOPBACK, Port: port() }, Orchestrator: { Host: LOOPBACK, Port: port() } },
    input.orchestratorConfig,
  );
  const computeNodes = Array.from({ length: input.computeNodes }, (_, index) =>
    plan(
      `compute-${index + 1}`,
      'compute',
      {
        API: { Host: LOOPBACK, Port: port() },
        Compute: {
          Orchestrators: [`nats://${LOOPBACK}:${valueAt(orchestrator.config, 'Orchestrator', 'Port')}`],
        },
        Publishers: { Types: { Local: { Address: LOOPBACK, Port: port() } } },
      },
      input.computeConfig,
    ),
  );
  return { orchestrator, computeNodes };
}

/** Whether a node's API uses TLS, by the server's rules. */
export function usesTls(config: JsonObject): boolean {
  const set = (key: string) => Boolean(valueAt(config, 'API', 'TLS', key));
  return set('AutoCert') || set('SelfSigned') || (set('CertFile') && set('KeyFile'));
}
