import {
  type Constraint,
  type InputSource,
  type Job,
  type JobType,
  type NetworkConfig,
  NetworkType,
  type ResourcesConfig,
  type SpecConfig,
  type Task,
  type TimeoutConfig,
} from 'bacalhau-apiclient';
import { InvalidJobError } from '../errors/index.js';

/** What a job may use on each node. Without a value the server's defaults hold, usually half a CPU and 512 MB. */
export interface ResourceSettings {
  /** CPUs as a number, or as Kubernetes writes them: `0.5`, `'500m'`. */
  readonly cpu?: number | string | undefined;
  /** Bytes as a number, or with a unit: `'512MB'` (10^6), `'1GiB'` (2^30). */
  readonly memory?: number | string | undefined;
  /** As for `memory`. */
  readonly disk?: number | string | undefined;
  /** Whole GPUs. */
  readonly gpu?: number | undefined;
}

/** Limits of time, in seconds. */
export interface TimeoutSettings {
  /** For running. Default: none. */
  readonly executionSeconds?: number | undefined;
  /** For waiting until nodes are free; without it a job that no node can take now fails at once. */
  readonly queueSeconds?: number | undefined;
  /** For both together. */
  readonly totalSeconds?: number | undefined;
}

/** What all jobs have, whatever runs them. */
export interface JobSettings {
  /**
   * Names are unique in a namespace, from servers 1.8 on. What happens if there is a job of that name already is said
   * when the job is submitted: `onExisting`. Default: a fresh one.
   */
  readonly name?: string | undefined;
  /** Default: the client's. */
  readonly namespace?: string | undefined;
  /**
   * `batch` runs on `count` nodes to its end, `ops` once on every node that matches; `service` and `daemon` are their
   * likes that never end. Default: `batch`.
   */
  readonly type?: JobType | undefined;
  /** On how many different nodes, for `batch` and `service`. Default: 1. */
  readonly count?: number | undefined;
  /** Higher runs first. Default: 0. */
  readonly priority?: number | undefined;
  /** For finding it again: `jobs.list({ labels: ['team=blue'] })`. */
  readonly labels?: Readonly<Record<string, string>> | undefined;
  /** Notes that servers do not look at. */
  readonly meta?: Readonly<Record<string, string>> | undefined;
  /** Which nodes may run it, by their labels. */
  readonly constraints?: readonly Constraint[] | undefined;
  /** Files and folders that the job sees. Made by `inputs`. */
  readonly inputs?: readonly InputSource[] | undefined;
  /** Folders that are published, absolute paths by the name they get in the result: `{ outputs: '/outputs' }`. */
  readonly outputs?: Readonly<Record<string, string>> | undefined;
  /** Where the result goes. Made by `publishers`. */
  readonly publisher?: SpecConfig | undefined;
  /** Environment variables; names in capital letters. `env:NAME` takes the node's own, if the node allows it. */
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** What it may use on each node. Default: the server's, usually half a CPU and 512 MB. */
  readonly resources?: ResourceSettings | undefined;
  /** A type such as `none` or `host`, or the whole setting for domains and ports. Default: the node decides. */
  readonly network?: NetworkType | NetworkConfig | undefined;
  /** How long it may take, in seconds. Default: the orchestrator's. */
  readonly timeouts?: TimeoutSettings | undefined;
}

/** Puts a job together around its engine. */
export function assembleJob(settings: JobSettings, engine: SpecConfig, ownInputs: readonly InputSource[] = []): Job {
  const { name, namespace, type = 'batch', count, priority, labels, meta, constraints } = settings;
  const counted = type === 'batch' || type === 'service';
  return {
    ...(name !== undefined && { Name: name }),
    ...(namespace !== undefined && { Namespace: namespace }),
    Type: type,
    // Said explicitly: servers before 1.6.5 take a missing count of a batch job for 0.
    ...(count !== undefined ? { Count: count } : counted ? { Count: 1 } : {}),
    ...(priority !== undefined && { Priority: priority }),
    ...(labels && { Labels: { ...labels } }),
    ...(meta && { Meta: { ...meta } }),
    ...(constraints && { Constraints: [...constraints] }),
    Tasks: [assembleTask(settings, engine, ownInputs)],
  };
}

function assembleTask(settings: JobSettings, engine: SpecConfig, ownInputs: readonly InputSource[]): Task {
  const { inputs = [], outputs, publisher, env, resources, network, timeouts } = settings;
  if (!Array.isArray(inputs)) throw new InvalidJobError('inputs', 'is no array. Give [inputs.inline({ … })].');
  const sources = [...ownInputs, ...inputs];
  return {
    Name: 'main',
    Engine: engine,
    ...(publisher && { Publisher: publisher }),
    ...(env && { Env: { ...env } }),
    ...(sources.length > 0 && { InputSources: sources }),
    ...(outputs && { ResultPaths: Object.entries(outputs).map(([Name, Path]) => ({ Name, Path })) }),
    ...(resources && { Resources: toResources(resources) }),
    ...(network !== undefined && { Network: toNetwork(network) }),
    ...(timeouts && { Timeouts: toTimeouts(timeouts) }),
  };
}

/** Texts on the wire; a bare number of bytes is understood as such. */
function toResources({ cpu, memory, disk, gpu }: ResourceSettings): ResourcesConfig {
  return {
    ...(cpu !== undefined && { CPU: String(cpu) }),
    ...(memory !== undefined && { Memory: bytes(memory) }),
    ...(disk !== undefined && { Disk: bytes(disk) }),
    ...(gpu !== undefined && { GPU: String(gpu) }),
  };
}

const bytes = (amount: number | string): string => (typeof amount === 'number' ? `${amount}B` : amount);

function toNetwork(network: NetworkType | NetworkConfig): NetworkConfig {
  if (typeof network !== 'string') return network;
  const known = Object.values(NetworkType);
  const type = known.find((candidate) => candidate.toLowerCase() === network.toLowerCase());
  if (type === undefined) {
    throw new InvalidJobError(
      'network',
      `is ${JSON.stringify(network)}. Use one of ${known.join(', ').toLowerCase()}.`,
    );
  }
  return { Type: type };
}

function toTimeouts({ executionSeconds, queueSeconds, totalSeconds }: TimeoutSettings): TimeoutConfig {
  return {
    ...(executionSeconds !== undefined && { ExecutionTimeout: executionSeconds }),
    ...(queueSeconds !== undefined && { QueueTimeout: queueSeconds }),
    ...(totalSeconds !== undefined && { TotalTimeout: totalSeconds }),
  };
}
