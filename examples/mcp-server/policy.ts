import { docker, type JobSpec, publishers } from 'bacalhau-sdk';

/** What an agent may run, and how much of it. */
export interface Policy {
  /** The Docker images that may run, by name. */
  readonly images: readonly string[];
  /** Resources of one job: CPU cores and bytes of memory. */
  readonly cpu: string;
  readonly memory: string;
  /** How long a job may wait for a node, and how long it may run. */
  readonly queueSeconds: number;
  readonly executionSeconds: number;
  /** How many jobs may be active at the same time. */
  readonly activeJobs: number;
  /** How long a tool follows a job before it answers, in seconds. */
  readonly followSeconds: number;
  /** How much of a job's output, or of a file, a tool returns, in UTF-16 units. */
  readonly answerLength: number;
}

export const POLICY: Policy = {
  images: ['busybox', 'ubuntu', 'python'],
  cpu: '500m',
  memory: '256MB',
  queueSeconds: 60,
  executionSeconds: 300,
  activeJobs: 5,
  followSeconds: 45,
  answerLength: 20_000,
};

/** Marks the jobs of this server. Agents see no others. */
export const LABEL = { name: 'submitted-by', value: 'examples-mcp-server' } as const;

/** Where a job puts the files that are kept. */
export const OUTPUTS = '/outputs';

/** Makes the job for a request. The policy decides everything that the request does not contain. */
export const jobFor = (
  request: { readonly image: string; readonly command: readonly string[] },
  policy: Policy,
): JobSpec =>
  docker({
    image: request.image,
    entrypoint: request.command,
    labels: { [LABEL.name]: LABEL.value },
    resources: { cpu: policy.cpu, memory: policy.memory },
    timeouts: {
      queueSeconds: policy.queueSeconds,
      executionSeconds: policy.executionSeconds,
      totalSeconds: policy.queueSeconds + policy.executionSeconds,
    },
    network: 'none',
    outputs: { outputs: OUTPUTS },
    publisher: publishers.local(),
  });
