import { BuiltJob } from '../spec/index.js';
import { checkSettings, requiredText, type SettingRules, text, textByName, textList } from './check-settings.js';
import { assembleJob, JOB_SETTINGS, type JobSettings } from './job-settings.js';

/** The settings of a Docker job. */
export interface DockerSettings extends JobSettings {
  /** An image that the nodes can pull, for example `ubuntu:24.04`. */
  readonly image: string;
  /** The program to run. Default: the image's own. */
  readonly entrypoint?: readonly string[] | undefined;
  /** Arguments of the program. */
  readonly parameters?: readonly string[] | undefined;
  /**
   * Variables with names of any case, which the image sees besides those of `env`; names that begin with `BACALHAU_` are
   * reserved.
   */
  readonly environmentVariables?: Readonly<Record<string, string>> | undefined;
  /** The program's working directory, an absolute path in the image. */
  readonly workingDirectory?: string | undefined;
}

const DOCKER_SETTINGS: SettingRules<DockerSettings> = {
  ...JOB_SETTINGS,
  image: requiredText('the name of an image that the nodes can pull, for example "ubuntu:24.04"'),
  entrypoint: textList("['/bin/sh', '-c']"),
  parameters: textList("['echo', 'hi']"),
  environmentVariables: textByName('{ http_proxy: "http://proxy:3128" }'),
  workingDirectory: text('an absolute path in the image'),
};

/**
 * Builds a job that runs a Docker image.
 *
 * @throws {InvalidJobError} if the image is missing, a setting has the wrong type, or its name is not known.
 *
 * @example
 * ```ts
 * const { stdout } = await bacalhau.jobs.run(docker({ image: 'ubuntu', parameters: ['echo', 'hi'] }));
 * ```
 */
export function docker(settings: DockerSettings): BuiltJob {
  checkSettings(settings, DOCKER_SETTINGS, { builder: 'docker', example: '{ image: "ubuntu" }' });
  const { image, entrypoint, parameters, environmentVariables, workingDirectory } = settings;
  const job = assembleJob(settings, {
    Type: 'docker',
    Params: {
      Image: image,
      ...(entrypoint && { Entrypoint: [...entrypoint] }),
      ...(parameters && { Parameters: [...parameters] }),
      ...(environmentVariables && {
        EnvironmentVariables: Object.entries(environmentVariables).map(([name, value]) => `${name}=${value}`),
      }),
      ...(workingDirectory !== undefined && { WorkingDirectory: workingDirectory }),
    },
  });
  return new BuiltJob(job);
}
