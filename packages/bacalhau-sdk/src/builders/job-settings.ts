import {
  type Constraint,
  type InputSource,
  type JobType,
  type NetworkConfig,
  NetworkType,
  type PortMapping,
  type ResourcesConfig,
  type SpecConfig,
  type Task,
  type TimeoutConfig,
} from 'bacalhau-apiclient';
import { InvalidJobError } from '../errors/index.js';
import { type JobInput, quote } from '../spec/index.js';
import {
  checkSettings,
  fieldsOf,
  listOfTextsOrObjects,
  number,
  numberOrText,
  object,
  objectList,
  requiredText,
  type SettingRules,
  text,
  textByName,
  textList,
  textOr,
} from './check-settings.js';
import { parseConstraints } from './parse-constraints.js';
import { parseInput, parsePublisher } from './parse-uri.js';

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

/** The network of a job. */
export interface NetworkSettings {
  /** Default: `http` with domains, `bridge` with ports. */
  readonly type?: NetworkType | undefined;
  /** For the type `http`: domains and IP addresses that the job can reach over HTTP. */
  readonly domains?: readonly string[] | undefined;
  /** For the types `host` and `bridge`: ports on which others reach the job. */
  readonly ports?: readonly PortSettings[] | undefined;
}

/** A port on which others reach a job. */
export interface PortSettings {
  /** The job finds the port of the node in the variables `BACALHAU_PORT_` and `BACALHAU_HOST_PORT_` with this name. */
  readonly name: string;
  /** The port of the node, from 1024 on. Default: a free one. */
  readonly static?: number | undefined;
  /** The port in the job, for the type `bridge`. Default: that of the node. */
  readonly target?: number | undefined;
  /** The address of the node that the port is on, for the type `bridge`. Default: all addresses. */
  readonly hostNetwork?: string | undefined;
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
  /** Which nodes may run it, by their labels. As text it is a selector of Kubernetes: `'region in (eu, us), !gpu'`. */
  readonly constraints?: readonly Constraint[] | string | undefined;
  /**
   * Files and folders that the job can read. Made by `inputs`, or a URI as for the CLI's `--input`:
   * `'s3://bucket/key:/in'`, `'file:///on/the/node:/in'`. Default target of a URI: `/inputs`.
   */
  readonly inputs?: readonly (InputSource | string)[] | undefined;
  /** Folders to publish: absolute paths by their name in the result, for example `{ outputs: '/outputs' }`. */
  readonly outputs?: Readonly<Record<string, string>> | undefined;
  /** Where results go. Made by `publishers`, or a text as for the CLI's `--publisher`: `'local'`, `'s3://bucket/key'`. */
  readonly publisher?: SpecConfig | string | undefined;
  /** Environment variables; names in capital letters. `env:NAME` takes the node's own, if the node allows it. */
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** Resources on each node. Default: the server's, usually half a CPU and 512 MB. */
  readonly resources?: ResourceSettings | undefined;
  /** A type such as `none` or `host`, or one with domains and ports. Default: the node decides. */
  readonly network?: NetworkType | NetworkSettings | NetworkConfig | undefined;
  /** Time limits, in seconds. Default: the orchestrator's. */
  readonly timeouts?: TimeoutSettings | undefined;
  /** The name of the job's only task. Default: `main`. */
  readonly taskName?: string | undefined;
  /** Notes about the task that servers keep and do not use. */
  readonly taskMeta?: Readonly<Record<string, string>> | undefined;
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
  constraints: textOr(objectList('[{ Key, Operator, Values }], or "region in (eu, us)"')),
  inputs: listOfTextsOrObjects('[inputs.inline({ … })], or ["s3://bucket/key:/in"]'),
  outputs: textByName('{ outputs: "/outputs" }'),
  publisher: textOr(object('publishers.local() or another publisher')),
  env: textByName('{ GREETING: "hi" }'),
  resources: fieldsOf<ResourceSettings>('{ cpu: 0.5, memory: "512MB" }', RESOURCES),
  network: textOr(object('"host" or another type of network, or { domains: ["example.org"] }')),
  timeouts: fieldsOf<TimeoutSettings>('{ executionSeconds: 60 }', TIMEOUTS),
  taskName: text('a name'),
  taskMeta: textByName('{ owner: "Ada" }'),
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
    ...(constraints !== undefined && {
      Constraints: typeof constraints === 'string' ? parseConstraints(constraints) : [...constraints],
    }),
    Tasks: [assembleTask(settings, engine, engineInputs)],
  };
}

function assembleTask(settings: JobSettings, engine: SpecConfig, engineInputs: readonly InputSource[]): Task {
  const { inputs = [], outputs, publisher, env, resources, network, timeouts, taskName, taskMeta } = settings;
  const own = inputs.map((input, index) => (typeof input === 'string' ? parseInput(input, `inputs[${index}]`) : input));
  const sources = [...engineInputs, ...own];
  return {
    Name: taskName ?? 'main',
    Engine: engine,
    ...(publisher !== undefined && {
      Publisher: typeof publisher === 'string' ? parsePublisher(publisher, 'publisher') : publisher,
    }),
    ...(taskMeta && { Meta: { ...taskMeta } }),
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

const NETWORK: SettingRules<NetworkSettings> = {
  type: text('"http", "host", "bridge" or "none"'),
  domains: textList("['example.org']"),
  ports: {
    ...objectList("[{ name: 'http', target: 8080 }]"),
    each: fieldsOf<PortSettings>("{ name: 'http', target: 8080 }", {
      name: requiredText('the name of a variable, such as "http"'),
      static: number('a port from 1024 to 65535'),
      target: number('a port'),
      hostNetwork: text('an IP address'),
    }),
  },
};

function toNetwork(network: NetworkType | NetworkSettings | NetworkConfig): NetworkConfig {
  if (typeof network === 'string') return { Type: networkType(network, 'network') };
  if (isApiNetwork(network)) return network;
  checkSettings(network, NETWORK, { builder: 'network', example: '{ domains: ["example.org"] }' });
  const { domains, ports } = network;
  const type = network.type ?? (domains ? 'http' : ports ? 'bridge' : undefined);
  return {
    ...(type !== undefined && { Type: networkType(type, 'network.type') }),
    ...(domains && { Domains: [...domains] }),
    ...(ports && { Ports: ports.map(toPort) }),
  };
}

const isApiNetwork = (network: NetworkSettings | NetworkConfig): network is NetworkConfig =>
  'Type' in network || 'Domains' in network || 'Ports' in network;

const toPort = ({ name, static: onNode, target, hostNetwork }: PortSettings): PortMapping => ({
  Name: name,
  ...(onNode !== undefined && { Static: onNode }),
  ...(target !== undefined && { Target: target }),
  ...(hostNetwork !== undefined && { HostNetwork: hostNetwork }),
});

function networkType(name: string, field: string): NetworkType {
  const known = Object.values(NetworkType);
  const type = known.find((candidate) => candidate.toLowerCase() === name.toLowerCase());
  if (type !== undefined) return type;
  throw new InvalidJobError(field, `is ${quote(name)}. Use one of ${known.join(', ').toLowerCase()}.`);
}

function toTimeouts({ executionSeconds, queueSeconds, totalSeconds }: TimeoutSettings): TimeoutConfig {
  return {
    ...(executionSeconds !== undefined && { ExecutionTimeout: executionSeconds }),
    ...(queueSeconds !== undefined && { QueueTimeout: queueSeconds }),
    ...(totalSeconds !== undefined && { TotalTimeout: totalSeconds }),
  };
}
