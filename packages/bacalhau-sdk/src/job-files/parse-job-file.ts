import type { Job } from 'bacalhau-apiclient';
import { isScalar, parseDocument, visit } from 'yaml';
import { InvalidJobError } from '../errors/index.js';
import { canonicalJob, checkJob, readFile } from '../spec/index.js';
import { duplicateKey, messageOf } from '../util/index.js';

/** Reads a job file. */
export async function readJobFile(path: string | URL): Promise<Job> {
  const bytes = await readFile(path, 'The job file');
  return parseJobFile(new TextDecoder().decode(bytes), String(path));
}

/** Parses the text of a job file, and checks the job. */
export function parseJobFile(text: string, name: string): Job {
  let content: unknown;
  try {
    content = parseText(text);
  } catch (error) {
    throw new InvalidJobError(name, `is neither YAML nor JSON: ${messageOf(error)}`, { cause: error });
  }
  const job = canonicalJob(content);
  checkJob(job);
  return job;
}

/** Refuses more than a hundred expansions of aliases. */
function parseText(text: string): unknown {
  const document = parseDocument(text, { uniqueKeys: false, logLevel: 'error' });
  const [error] = document.errors;
  if (error !== undefined) throw error;
  const twice = duplicateKey(document, { isScalar, visit });
  if (twice !== undefined) throw new Error(`Map keys must be unique, but ${JSON.stringify(twice.key)} occurs twice`);
  return document.toJS();
}
