import {
  type Constraint,
  type InputSource,
  type JobType,
  type NetworkConfig,
  NetworkType,
  type ResourcesConfig,
  type SpecConfig,
  type Task,
  type TimeoutConfig,
} from 'bacalhau-apiclient';
import { InvalidJobError } from '../errors/index.js';
import { type JobInput, quote } from '../spec/index.js';
import { isRecord } from '../util/index.js';
import {
  fieldsOf,
  number,
  numberOrText,
  object,
  objectList,
  type SettingRules,
  text,
  textByName,
} from './check-settings.js';

/** Resources on each node. Without a value the server's defaults apply, usually half a CPU and 512 MB. */
export interface ResourceSettings {
  /** CPUs as a number, or as Kubernetes writes them: `0.5`, `'500m'`. */
  readonly cpu?: number | string | undefined;
  /** Bytes as a number, or with a unit: `'512MB'` (10^6), `'1GiB'` (2^30). */
  readonly memory?: number | string | undefined;
  /** Bytes as a number, or with a unit, as for `memory`. */
  readonly disk?: number | string | undefined;
  /** Whole GPUs. */
  readonly gpu?: number | undefined;
}

/** Time limits, in seconds. */
export interface TimeoutSettings {
  /** For running. Default: none. */
  readonly executionSeconds?: number | undefined;
  /** For waiting until nodes are free. Without it, a job that no node can take at once fails. */
  readonly queueSeconds?: number | undefined;
  /** For waiting and running together. */
  readonly totalSeconds?: number | undefined;
}

/** The settings that all jobs have, whatever runs them. */
export interface JobSettings {
  /**
   * The job's name, unique in its namespace from servers 1.8 on. What happens if a job has that name already is decided
   * at submission, by `onExisting`. Default: a new name.
   */
  readonly name?: string | undefined;
  /** The job's namespace. Default: the client's. */
  readonly namespace?: string | undefined;
  /**
   * `batch` runs to completion on `count` nodes, `ops` once on every node that matches; `service` and `daemon` are the
   * long-running equivalents. Default: `batch`.
   */
  readonly type?: JobType | undefined;
  /** How many different nodes run it, for `batch` and `service`. Default: 1. */
  readonly count?: number | undefined;
  /** Jobs of higher priority run first. Default: 0. */
  readonly priority?: number | undefined;
  /** Labels for finding the job again: `jobs.list({ labels: ['team=blue'] })`. */
  readonly labels?: Readonly<Record<string, string>> | undefined;
  /** Notes that servers keep and do not use. */
  readonly meta?: Readonly<Record<string, string>> | undefined;
  /** Which nodes may run it, by their labels. */
  readonly constraints?: readonly Constraint[] | undefined;
  /** Files and folders that the job can read. Made by `inputs`. */
  readonly inputs?: readonly InputSource[] | undefined;
  /** Folders to publish: absolute paths by their name in the result, for example `{ outputs: '/outputs' }`. */
  readonly outputs?: Readonly<Record<string, string>> | undefined;
  /** Where results go. Made by `publishers`. */
  readonly publisher?: SpecConfig | undefined;
  /** Environment variables; names in capital letters. `env:NAME` takes the node's own, if the node allows it. */
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** Resources on each node. Default: the server's, usually half a CPU and 512 MB. */
  readonly resources?: ResourceSettings | undefined;
  /** A type such as `none` or `host`, or a configuration with domains and ports. Default: the node decides. */
  readonly network?: NetworkType | NetworkConfig | undefined;
  /** Time limits, in seconds. Default: the orchestrator's. */
  readonly timeouts?: TimeoutSettings | undefined;
}

const RESOURCES: SettingRules<ResourceSettings> = {
  cpu: numberOrText('a number of CPUs, or a string such as "500m"'),
  memory: numberOrText('a number of bytes, or a string such as "512MB"'),
  disk: numberOrText('a number of bytes, or a string such as "1GB"'),
  gpu: number('a whole number'),
};
const TIMEOUTS: SettingRules<TimeoutSettings> = {
  executionSeconds: number('a number of seconds'),
  queueSeconds: number('a number of seconds'),
  totalSeconds: number('a number of seconds'),
};

/** The rules for the settings that all jobs have. */
export const JOB_SETTINGS: SettingRules<JobSettings> = {
  name: text('a name'),
  namespace: text('the name of a namespace'),
  type: text('"batch", "ops", "service" or "daemon"'),
  count: number('a whole number'),
  priority: number('a whole number'),
  labels: textByName('{ team: "blue" }'),
  meta: textByName('{ owner: "Ada" }'),
  constraints: objectList('[{ Key, Operator, Values }]'),
  inputs: objectList('[inputs.inline({ … })]'),
  outputs: textByName('{ outputs: "/outputs" }'),
  publisher: object('publishers.local() or another publisher'),
  env: textByName('{ GREETING: "hi" }'),
  resources: fieldsOf<ResourceSettings>('{ cpu: 0.5, memory: "512MB" }', RESOURCES),
  network: {
    expected: 'a string or an object',
    matches: (value) => typeof value === 'string' || isRecord(value),
    example: '"host" or another type of network',
  },
  timeouts: fieldsOf<TimeoutSettings>('{ executionSeconds: 60 }', TIMEOUTS),
};

/** Assembles a job around its engine. */
export function assembleJob(
  settings: JobSettings,
  engine: SpecConfig,
  engineInputs: readonly InputSource[] = [],
): JobInput {
  const { name, namespace, type = 'batch', count, priority, labels, meta, constraints } = settings;
  const isCounted = type === 'batch' || type === 'service';
  return {
    ...(name !== undefined && { Name: name }),
    ...(namespace !== undefined && { Namespace: namespace }),
    Type: type,
    // Explicit, because servers before 1.6.5 read a missing count of a batch job as 0.
    ...(count !== undefined ? { Count: count } : isCounted ? { Count: 1 } : {}),
    ...(priority !== undefined && { Priority: priority }),
    ...(labels && { Labels: { ...labels } }),
    ...(meta && { Meta: { ...meta } }),
    ...(constraints && { Constraints: [...constraints] }),
    Tasks: [assembleTask(settings, engine, engineInputs)],
  };
}

function assembleTask(settings: JobSettings, engine: SpecConfig, engineInputs: readonly InputSource[]): Task {
  const { inputs = [], outputs, publisher, env, resources, network, timeouts } = settings;
  const sources = [...engineInputs, ...inputs];
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

/** Converts resources to the strings of the API, where a number of bytes needs its unit. */
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
    throw new InvalidJobError('network', `is ${quote(network)}. Use one of ${known.join(', ').toLowerCase()}.`);
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
