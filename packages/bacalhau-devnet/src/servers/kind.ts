import type { GoCommand } from '../binary/go.js';
import type { DevnetOptions } from '../options.js';
import type { NetworkPlan, PlanInput } from '../plan.js';
import type { Readiness, Reconnection } from '../readiness.js';
import type { ServerVersion } from './versions.js';

/** The options that decide how the servers of one network are configured. */
export type ServerSettings = Pick<
  DevnetOptions,
  'config' | 'orchestratorConfig' | 'computeConfig' | 'signedApi' | 'executor'
>;

/** How one server is built, configured and started, and others like it: a row of the table. */
export interface ServerKind {
  readonly version: ServerVersion;
  /** The binaries that are started in the same way: from this version on, before that one. */
  readonly starts: { readonly from: string; readonly before?: string };
  readonly source: ServerSource;
  /**
   * Where its sockets are: `loopback` for a server that can be told to listen only there; `namespace` for one that also
   * listens on all addresses, and so gets a network namespace of its own.
   */
  readonly network: 'loopback' | 'namespace';
  /** How many compute nodes a network can have. */
  readonly computeNodes: { readonly least: number; readonly most: number };
  /** The options of a devnet that it cannot have. */
  readonly lacks: readonly (keyof DevnetOptions)[];
  /** Whether one of its processes can be started again with its data. */
  readonly restarts: boolean;
  /** Returns how many ports of this machine a network takes. */
  ports(computeNodes: number): number;
  plan(input: PlanInput, settings: ServerSettings): NetworkPlan;
  /** Checks whether the first process is up, so that the others can connect to it. */
  answers(plan: NetworkPlan): Promise<Readiness>;
  /** Reads the ids of the nodes that the servers chose. */
  nodeIds?(plan: NetworkPlan): Promise<readonly string[]>;
  /** Checks whether all nodes are connected and take jobs. */
  connected(plan: NetworkPlan, reconnection?: Reconnection): Promise<Readiness>;
}

/** Where a server's sources come from, and what compiles them. */
export interface ServerSource {
  /** The server's Go package, which is a module as well. */
  readonly package: string;
  /** The folder of this package with the Go module that pins the server and its dependencies. */
  readonly folder: string;
  readonly files: readonly string[];
  /** Files that the published module lacks, by their path in it. With some, a copy of the module is built. */
  readonly added?: Readonly<Record<string, string>>;
  /** Finds a Go that can build this server. @throws DevnetError `SERVER_NOT_FOUND` */
  findGo(): Promise<GoCommand>;
}
