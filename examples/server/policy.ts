import { docker, type JobSpec, publishers, wasm } from 'bacalhau-sdk';
import { z } from 'zod';

/** What browsers may have run, and how much of it. */
export interface Policy {
  /** Docker images by name; no other is run. */
  readonly images: readonly string[];
  /** Of one job: cores, and bytes. */
  readonly cpu: string;
  readonly memory: string;
  /** How long a job may wait for a node, and how long it may run. */
  readonly queueSeconds: number;
  readonly executionSeconds: number;
  /** How many jobs may be under way at the same time, of all browsers together. */
  readonly underWay: number;
}

export const POLICY: Policy = {
  images: ['busybox:latest', 'ubuntu:24.04'],
  cpu: '500m',
  memory: '256MB',
  queueSeconds: 60,
  executionSeconds: 120,
  underWay: 10,
};

/** In bytes: room for the largest module that a job can carry, in base64. */
export const LARGEST_REQUEST = 750_000;

/** Tells the jobs of this server from others: browsers see no others. */
export const LABEL = { name: 'submitted-by', value: 'examples-server' } as const;

const words = z.array(z.string().max(4_096)).max(32);

/** What a browser may ask for. What has no field here cannot be asked for: inputs, networks, publishers, nodes. */
export function requestSchema({ images }: Policy) {
  const image = z.enum(images, `The image is not offered. Use one of ${images.join(', ')}.`);
  return z.discriminatedUnion('engine', [
    z.strictObject({ engine: z.literal('docker'), image, command: words.min(1) }),
    z.strictObject({ engine: z.literal('wasm'), module: z.base64().min(8).max(700_000), command: words }),
  ]);
}

export type JobRequest = z.infer<ReturnType<typeof requestSchema>>;

/** The job for a request; the policy decides everything that the request does not say. */
export function jobFor(request: JobRequest, policy: Policy): JobSpec {
  const settings = {
    labels: { [LABEL.name]: LABEL.value },
    resources: { cpu: policy.cpu, memory: policy.memory },
    timeouts: { queueSeconds: policy.queueSeconds, executionSeconds: policy.executionSeconds },
  };
  switch (request.engine) {
    case 'docker':
      return docker({ ...settings, image: request.image, entrypoint: request.command, network: 'none' });
    case 'wasm':
      // What it prints is in its results only.
      return wasm({
        ...settings,
        module: Buffer.from(request.module, 'base64'),
        parameters: request.command,
        publisher: publishers.local(),
      });
  }
}
