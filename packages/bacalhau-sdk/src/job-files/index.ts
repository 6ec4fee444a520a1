import { checkOptions } from '../arguments/index.js';
import type { JobInput } from '../spec/index.js';
import { load } from '../util/index.js';
import { FILE_OPTIONS, type JobFileOptions, type JobTextOptions, TEXT_OPTIONS } from './options.js';

export type { JobFileOptions, JobTextOptions };

const loadJobFiles = () => load(import('./parse-job-file.js'));

/**
 * Reads a job from a YAML or JSON file as the CLI does: with the job at the top level, names of fields in any case, and
 * templates of Go with variables, `if` and `or`. Unlike the CLI it refuses unknown fields at every level.
 *
 * @example
 * ```ts
 * const job = await loadJob('./job.yaml', { variables: { region: 'eu' } });
 * await bacalhau.jobs.run(job);
 * ```
 * @throws {InvalidJobError} naming the file with the line, or the field.
 * @throws {InvalidArgumentError} naming an option.
 * @throws {UnsupportedRuntimeError} where there is no file system; `parseJob(text)` works everywhere.
 */
export async function loadJob(path: string | URL, options: JobFileOptions = {}): Promise<JobInput> {
  checkOptions(options, FILE_OPTIONS);
  const { readJobFile } = await loadJobFiles();
  return readJobFile(path, options);
}

/**
 * Reads a job from the text of a job file, as `loadJob` does from a file.
 *
 * @throws {InvalidJobError} naming the text with the line, or the field.
 * @throws {InvalidArgumentError} naming an option.
 */
export async function parseJob(text: string, options: JobTextOptions = {}): Promise<JobInput> {
  checkOptions(options, TEXT_OPTIONS);
  const { parseJobFile } = await loadJobFiles();
  return parseJobFile(text, options);
}
