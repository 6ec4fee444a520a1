import type { Job } from 'bacalhau-apiclient';
import { InvalidJobError } from '../errors/index.js';
import { checkJob, isJob } from './check-job.js';
import { canonicalJob } from './job-fields.js';
import { readInput } from './read-input.js';

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
  const bytes = await readInput(path, 'The job file');
  return parseJob(new TextDecoder().decode(bytes), String(path));
}

/** Reads a job from the text of a job file; `name` is what errors call it. See `loadJob`. */
export async function parseJob(text: string, name = 'The job'): Promise<Job> {
  const { parseDocument } = await import('yaml');
  const document = parseDocument(text);
  const [problem] = document.errors;
  if (problem !== undefined) throw new InvalidJobError(name, `is neither YAML nor JSON: ${problem.message}`);
  // Aliases may be nested to make a small file explode; the library stops at a hundred expansions.
  const job = canonicalJob(document.toJS());
  checkJob(job);
  if (!isJob(job)) throw new InvalidJobError(name, 'holds no job.');
  return job;
}
