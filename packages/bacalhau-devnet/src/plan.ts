/** The role of a node: the orchestrator, a compute node, or (of Bacalhau 0.3.16) both at once. */
export type NodeRole = 'orchestrator' | 'compute' | 'hybrid';

/** The plan of one node. */
export interface NodePlan {
  /** Such as `orchestrator`, `compute-1`, `compute-2`, … */
  readonly name: string;
  readonly role: NodeRole;
  /** Its id in the network, chosen beforehand because its containers are labeled with it; undefined where the server chooses it. */
  readonly id: string | undefined;
  readonly dataDir: string;
  /** The port of its HTTP API on this machine's loopback. */
  readonly apiPort: number;
}

/** The plan of one server process, which runs one node or several. */
export interface ProcessPlan {
  readonly name: string;
  readonly nodes: readonly NodePlan[];
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly files: readonly { readonly path: string; readonly text: string }[];
  readonly logFile: string;
  /** Whether to end it only after the others have ended. */
  readonly endsLast: boolean;
  /** The signal at which it shuts down cleanly. */
  readonly endSignal: 'SIGTERM' | 'SIGINT';
}

/** A port of this machine's loopback, and the one that it leads to in the servers' network namespace. */
export interface PortForward {
  readonly port: number;
  readonly inside: number;
}

export interface NetworkPlan {
  /** The process that has the API of the network; the others are started once it answers. */
  readonly first: ProcessPlan;
  readonly others: readonly ProcessPlan[];
  readonly api: ApiPlan;
  /** The ports that are used from outside of a network namespace. */
  readonly forwards: readonly PortForward[];
  /** A file that the first process creates once it is up, if it does so. */
  readonly readyFile?: string;
}

/** How the API is reached, and what it shows of the nodes. */
export interface ApiPlan {
  /** The address at which this machine reaches it. */
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
  readonly selfSigned: boolean;
  /** The Authorization header of a user who may list nodes. */
  readonly authorization: string | undefined;
  /** Whether nodes are approved one by one by their operator, after the start. */
  readonly approvedByHand: boolean;
  /** Whether the orchestrator's log shows which nodes have connected. */
  readonly logsConnections: boolean;
}

/** What a plan is made from. */
export interface PlanInput {
  readonly dir: string;
  readonly logDir: string;
  readonly computeNodes: number;
  /** Free ports, the API's first. */
  readonly ports: readonly number[];
}

/** Returns all processes of a plan, the first first. */
export const processesOf = (plan: NetworkPlan): readonly ProcessPlan[] => [plan.first, ...plan.others];

/** Returns all nodes of a plan, the one with the API first. */
export const nodesOf = (plan: NetworkPlan): readonly NodePlan[] => processesOf(plan).flatMap(({ nodes }) => nodes);
