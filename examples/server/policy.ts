import { docker, type JobSpec, publishers, wasm } from 'bacalhau-sdk';
import { z } from 'zod';

/** What browsers may run, and how much of it. */
export interface Policy {
  /** The Docker images that may run, by name. */
  readonly images: readonly string[];
  /** Resources of one job: CPU cores and bytes of memory. */
  readonly cpu: string;
  readonly memory: string;
  /** How long a job may wait for a node, and how long it may run. */
  readonly queueSeconds: number;
  readonly executionSeconds: number;
  /** How many jobs of all browsers together may be active at the same time. */
  readonly activeJobs: number;
  /** How many event streams of all browsers together may be open at the same time, and for how long each. */
  readonly streams: number;
  readonly streamSeconds: number;
}

export const POLICY: Policy = {
  images: ['busybox:latest', 'ubuntu:24.04'],
  cpu: '500m',
  memory: '256MB',
  queueSeconds: 60,
  executionSeconds: 120,
  activeJobs: 10,
  streams: 50,
  streamSeconds: 240,
};

/** How long a job may be active. */
export const longestSeconds = ({ queueSeconds, executionSeconds }: Policy): number => queueSeconds + executionSeconds;

/** In bytes: enough for the largest module that a job can hold, in base64. */
export const LARGEST_REQUEST = 750_000;

/** Marks the jobs of this server. Browsers see no others. */
export const LABEL = { name: 'submitted-by', value: 'examples-server' } as const;

const command = z.array(z.string().max(4_096)).max(32);

const isNotEmpty = ([program = '']: readonly string[]): boolean => program.trim() !== '';

/** Returns the schema of a request. It has no fields for inputs, networks, publishers and nodes, so browsers cannot set them. */
export function requestSchema({ images }: Policy) {
  const image = z.enum(images, `The image is not available. Use one of ${images.join(', ')}.`);
  return z.discriminatedUnion('engine', [
    z.strictObject({
      engine: z.literal('docker'),
      image,
      command: command.refine(isNotEmpty, 'The command is empty.'),
    }),
    z.strictObject({ engine: z.literal('wasm'), module: z.base64().min(8).max(700_000), command }),
  ]);
}

export type JobRequest = z.infer<ReturnType<typeof requestSchema>>;

/** Makes the job for a request. The policy decides everything that the request does not contain. */
export function jobFor(request: JobRequest, policy: Policy): JobSpec {
  const settings = {
    labels: { [LABEL.name]: LABEL.value },
    resources: { cpu: policy.cpu, memory: policy.memory },
    timeouts: {
      queueSeconds: policy.queueSeconds,
      executionSeconds: policy.executionSeconds,
      totalSeconds: longestSeconds(policy),
    },
  };
  switch (request.engine) {
    case 'docker':
      return docker({ ...settings, image: request.image, entrypoint: request.command, network: 'none' });
    case 'wasm':
      // Its output is available from its results only.
      return wasm({
        ...settings,
        module: Buffer.from(request.module, 'base64'),
        parameters: request.command,
        publisher: publishers.local(),
      });
  }
}
