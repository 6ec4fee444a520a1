import { randomUUID } from 'node:crypto';
import { deepMerge, type JsonObject } from '../json.js';
import type { ApiPlan, NetworkPlan, NodePlan, PlanInput, ProcessPlan } from '../plan.js';
import { logFile } from '../supervisor/protocol.js';
import type { ServerSettings } from './kind.js';

/** The address of everything that a devnet's servers listen on, as far as they can be told. */
export const LOOPBACK = '127.0.0.1';

/** The configuration of `bacalhau serve` in the words of one line of versions. */
export interface ServeConfig {
  /** The settings of every devnet, which the caller may change. */
  readonly defaults: JsonObject;
  /** What tells the orchestrator from other nodes. */
  orchestrator(ports: { readonly api: number; readonly bus: number }): JsonObject;
  /** What tells a compute node from other nodes. */
  compute(settings: {
    readonly api: number;
    /** The port of the orchestrator for its nodes. */
    readonly bus: number;
    readonly publisher: number;
    readonly dataDir: string;
  }): JsonObject;
  /** What nobody may change: the role and the id of a node. */
  fixed(node: Pick<NodePlan, 'role'> & { readonly id: string }): JsonObject;
  /** The configuration file of a node. */
  file(node: { readonly dir: string; readonly name: string; readonly dataDir: string }): string;
  /** Folders that the server expects to exist. */
  folders(dataDir: string): readonly string[];
  args(node: { readonly dataDir: string; readonly file: string; readonly id: string }): readonly string[];
  env(settings: ServerSettings): Readonly<Record<string, string>>;
  /** Reads the port of a node's API, of the orchestrator for its nodes, and of a local publisher. */
  apiPort(config: JsonObject): number;
  busPort(config: JsonObject): number;
  publisherPort(config: JsonObject): number;
  api(config: JsonObject): Omit<ApiPlan, 'port'>;
}

/** Returns how many ports a network needs: an API each, the orchestrator's for its nodes, and each local publisher's. */
export function servePorts(computeNodes: number): number {
  return 2 + 2 * computeNodes;
}

/**
 * Plans an orchestrator and its compute nodes, each a process with its own data directory, ports and configuration.
 *
 * Precedence, lowest first: defaults for a network on one machine, `config`, what must differ from node to node (ports,
 * addresses), the configuration of the role, and the role itself.
 */
export function planServe(words: ServeConfig, input: PlanInput, settings: ServerSettings): NetworkPlan {
  const ports = [...input.ports];
  const port = (): number => {
    const next = ports.shift();
    if (next === undefined) throw new Error('too few ports were given');
    return next;
  };
  const env = words.env(settings);

  const plan = (
    name: string,
    role: 'orchestrator' | 'compute',
    topology: (dataDir: string) => JsonObject,
    roleConfig: JsonObject | undefined,
  ): { readonly process: ProcessPlan; readonly config: JsonObject } => {
    const id = `n-${randomUUID()}`;
    const dataDir = `${input.dir}/${name}`;
    const config = deepMerge(words.defaults, settings.config, topology(dataDir), roleConfig, words.fixed({ role, id }));
    const file = words.file({ dir: input.dir, name, dataDir });
    const process: ProcessPlan = {
      name,
      nodes: [{ name, role, id, dataDir, apiPort: words.apiPort(config) }],
      args: words.args({ dataDir, file, id }),
      env,
      // JSON is YAML too.
      files: [{ path: file, text: `${JSON.stringify(config, null, 2)}\n` }, ...words.folders(dataDir).map(keptFolder)],
      logFile: logFile(input.logDir, name),
      // A compute node that loses its orchestrator while shutting down may wait for it until it is killed.
      endsLast: role === 'orchestrator',
      endSignal: 'SIGTERM',
    };
    return { process, config };
  };

  const api = port();
  const orchestrator = plan(
    'orchestrator',
    'orchestrator',
    () => words.orchestrator({ api, bus: port() }),
    settings.orchestratorConfig,
  );
  const bus = words.busPort(orchestrator.config);
  const computeNodes = Array.from({ length: input.computeNodes }, (_, index) =>
    plan(
      `compute-${index + 1}`,
      'compute',
      (dataDir) => words.compute({ api: port(), bus, publisher: port(), dataDir }),
      settings.computeConfig,
    ),
  );
  const used = [
    ...[orchestrator, ...computeNodes].map(({ config }) => words.apiPort(config)),
    ...computeNodes.map(({ config }) => words.publisherPort(config)),
  ];
  return {
    first: orchestrator.process,
    others: computeNodes.map(({ process }) => process),
    api: { ...words.api(orchestrator.config), port: words.apiPort(orchestrator.config) },
    // The same number on both sides: the server names its ports to clients.
    forwards: [...new Set(used)].map((number) => ({ port: number, inside: number })),
  };
}

/** Returns the address at which this machine reaches an API, by the address that it is configured to listen on. */
export function apiHost(host: unknown): string {
  return typeof host === 'string' && !['', '0.0.0.0', '::', 'localhost'].includes(host) ? host : LOOPBACK;
}

/** A file by which a folder comes into being. */
export const keptFolder = (folder: string): { readonly path: string; readonly text: string } => ({
  path: `${folder}/.keep`,
  text: '',
});
