import { InvalidJobError } from '../errors/index.js';
import { canonicalJob, checkJob, type JobInput, readFile, SET_BY_SERVERS } from '../spec/index.js';
import { isRecord } from '../util/index.js';
import type { JobFileOptions, JobTextOptions } from './options.js';
import { JobFileProblem } from './problem.js';
import { render } from './templates/render.js';
import { templateVariables } from './templates/variables.js';
import { decode } from './yaml/decode.js';
import { parseYaml } from './yaml/parse-yaml.js';

/** Reads a job file. */
export async function readJobFile(path: string | URL, options: JobFileOptions): Promise<JobInput> {
  const bytes = await readFile(path, 'The job file');
  const name = String(path);
  return parseJobFile(
    named(name, () => decode(bytes)),
    { ...options, name },
  );
}

/** Parses the text of a job file, and checks the job. */
export function parseJobFile(text: string, { name = 'The job', ...options }: JobTextOptions): JobInput {
  const variables = templateVariables(options);
  const content = named(name, () => parseYaml(options.template === false ? text : render(text, variables)));
  const job = canonicalJob(content);
  refuseServerFields(job);
  checkJob(job, { allowUnknownFields: options.allowUnknownFields });
  return job;
}

/** Runs a part of the reading, and gives its errors the name of the file. */
function named<T>(name: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof JobFileProblem) throw new InvalidJobError(name, error.message, { cause: error });
    throw error;
  }
}

/** The CLI refuses these in files. */
function refuseServerFields(job: unknown): void {
  if (!isRecord(job)) return;
  const name = SET_BY_SERVERS.find((field) => Object.hasOwn(job, field));
  if (name !== undefined) throw new InvalidJobError(`Job.${name}`, 'is set by the server. Remove it.');
}
