import type { OptionNames } from '../arguments/index.js';
import { JOB_CHECK_OPTIONS, type JobCheckOptions } from '../spec/index.js';

/** How a job file is read. */
export interface JobFileOptions extends JobCheckOptions {
  /**
   * The values of the template's variables: of `{{.name}}`, for example, that of `name`. As with the CLI's
   * `--template-vars`.
   */
  readonly variables?: Readonly<Record<string, string | number>> | undefined;
  /**
   * Which variables of the environment the template can use, by name: `/^JOB_/`. Those in `variables` come first. As with
   * the CLI's `--template-envs`. Default: none.
   */
  readonly env?: RegExp | undefined;
  /** Whether the file is a template. Pass false if its `{{` and `}}` are meant literally. Default: true, as for the CLI. */
  readonly template?: boolean | undefined;
}

/** How the text of a job file is read. */
export interface JobTextOptions extends JobFileOptions {
  /** What errors call the text. Default: `The job`. */
  readonly name?: string | undefined;
}

export const FILE_OPTIONS: OptionNames<JobFileOptions> = {
  ...JOB_CHECK_OPTIONS,
  variables: true,
  env: true,
  template: true,
};
export const TEXT_OPTIONS: OptionNames<JobTextOptions> = { ...FILE_OPTIONS, name: true };
