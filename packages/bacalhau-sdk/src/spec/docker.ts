import type { Job } from 'bacalhau-apiclient';
import { assembleJob, type JobSettings } from './job-settings.js';

export interface DockerSettings extends JobSettings {
  /** An image that the nodes can pull, for example `ubuntu:24.04`. */
  readonly image: string;
  /** The program, in place of the image's own. */
  readonly entrypoint?: readonly string[] | undefined;
  /** Arguments of the program. */
  readonly parameters?: readonly string[] | undefined;
  /** Where it starts; an absolute path in the image. */
  readonly workingDirectory?: string | undefined;
}

/**
 * A job that runs a Docker image.
 *
 * @example
 * ```ts
 * const { stdout } = await bacalhau.jobs.run(docker({ image: 'ubuntu', parameters: ['echo', 'hi'] }));
 * ```
 */
export function docker(settings: DockerSettings): Job {
  const { image, entrypoint, parameters, workingDirectory } = settings;
  return assembleJob(settings, {
    Type: 'docker',
    Params: {
      Image: image,
      ...(entrypoint && { Entrypoint: [...entrypoint] }),
      ...(parameters && { Parameters: [...parameters] }),
      ...(workingDirectory !== undefined && { WorkingDirectory: workingDirectory }),
    },
  });
}
