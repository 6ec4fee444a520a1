import type { Job } from 'bacalhau-apiclient';
import { InvalidJobError } from '../errors/index.js';
import { checkJob, readFile } from '../spec/index.js';
import { canonicalJob } from './job-fields.js';

/**
 * Reads a job file as Bacalhau's documentation has them: YAML or JSON, the job at the top. Like the server, it does not
 * mind the case of field names.
 *
 * @example
 * ```ts
 * const job = await bacalhau.jobs.submit(await loadJob('./job.yaml'));
 * ```
 * @throws {InvalidJobError} naming the file and the field.
 * @throws {UnsupportedRuntimeError} where there is no file system: `parseJob(text)` works everywhere.
 */
export async function loadJob(path: string | URL): Promise<Job> {
  const bytes = await readFile(path, 'The job file');
  return parseJob(new TextDecoder().decode(bytes), String(path));
}

/** Reads a job from the text of a job file; `name` is what errors call it. See `loadJob`. */
export async function parseJob(text: string, name = 'The job'): Promise<Job> {
  const { parse } = await import('yaml');
  let content: unknown;
  try {
    content = parse(text, { logLevel: 'error' }); // Of nested aliases it stops at a hundred expansions.
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new InvalidJobError(name, `is neither YAML nor JSON: ${reason}`, { cause: error });
  }
  const job = canonicalJob(content);
  checkJob(job);
  return job;
}
