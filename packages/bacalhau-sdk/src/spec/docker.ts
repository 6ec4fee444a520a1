import type { Job } from 'bacalhau-apiclient';
import { InvalidJobError } from '../errors/index.js';
import { requireSettings, textList } from './check-settings.js';
import { assembleJob, type JobSettings } from './job-settings.js';

/** What a Docker job is made of. */
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
 * @throws {InvalidJobError} if the image is missing, or the program or its arguments are no arrays of texts.
 *
 * @example
 * ```ts
 * const { stdout } = await bacalhau.jobs.run(docker({ image: 'ubuntu', parameters: ['echo', 'hi'] }));
 * ```
 */
export function docker(settings: DockerSettings): Job {
  requireSettings(settings, 'docker', '{ image: "ubuntu" }');
  const { image, entrypoint, parameters, workingDirectory } = settings;
  if (typeof image !== 'string' || image.trim() === '') {
    throw new InvalidJobError('image', 'is missing. Name one that the nodes can pull, for example ubuntu:24.04.');
  }
  return assembleJob(settings, {
    Type: 'docker',
    Params: {
      Image: image,
      ...(entrypoint && { Entrypoint: textList(entrypoint, 'entrypoint') }),
      ...(parameters && { Parameters: textList(parameters, 'parameters') }),
      ...(workingDirectory !== undefined && { WorkingDirectory: workingDirectory }),
    },
  });
}
