import type { Job } from 'bacalhau-apiclient';
import { load } from '../util/index.js';

const loadJobFiles = () => load(import('./parse-job-file.js'));

/**
 * Reads a job from a YAML or JSON file, as Bacalhau's documentation describes them: the job at the top level. Like the
 * server, it ignores the case of field names.
 *
 * @example
 * ```ts
 * const job = await bacalhau.jobs.submit(await loadJob('./job.yaml'));
 * ```
 * @throws {InvalidJobError} naming the file and the field.
 * @throws {UnsupportedRuntimeError} where there is no file system; `parseJob(text)` works everywhere.
 */
export async function loadJob(path: string | URL): Promise<Job> {
  const { readJobFile } = await loadJobFiles();
  return readJobFile(path);
}

/**
 * Reads a job from the text of a job file, as `loadJob` does from a file.
 *
 * @param name what errors call the text. Default: `The job`.
 * @throws {InvalidJobError} naming the text or the field.
 */
export async function parseJob(text: string, name = 'The job'): Promise<Job> {
  const { parseJobFile } = await loadJobFiles();
  return parseJobFile(text, name);
}
