import type { Job } from 'bacalhau-apiclient';
import { checkOptions, describeType, type OptionNames } from '../arguments/index.js';
import { InvalidJobError } from '../errors/index.js';
import type { ServerRelease } from '../model/index.js';
import { isRecord, utf8 } from '../util/index.js';
import { type FindOptions, findProblems } from './find-problems.js';
import { JOB } from './job-description.js';
import type { JobInput } from './job-input.js';
import { findRuleViolations } from './job-rules.js';
import { adviceForOtherFormat } from './other-formats.js';

/**
 * The largest job that nodes can be sent, in bytes of JSON. Servers accept ten times as much, but a message to the nodes
 * may have 1,048,576 bytes; a larger job is accepted, never starts, and holds up others (seen on 1.9.3).
 */
export const LARGEST_JOB = 1_000_000;
/** Of more problems than these a message does not tell. */
const MOST_PROBLEMS = 10;

/** How a job is checked. */
export interface JobCheckOptions {
  /**
   * Whether fields that this package does not know are sent: for servers that are newer. Default: false; servers ignore
   * unknown fields, so that a misspelt one would be left out in silence.
   */
  readonly allowUnknownFields?: boolean | undefined;
}

export const JOB_CHECK_OPTIONS: OptionNames<JobCheckOptions> = { allowUnknownFields: true };

/**
 * Checks a job as `submit` does, without sending anything: unknown fields, wrong types, and what a server would refuse, or
 * accept and then never run.
 *
 * @throws {InvalidJobError} naming the first field that is wrong; its message names the others, too.
 *
 * @example
 * ```ts
 * validateJob(JSON.parse(text));
 * ```
 */
export function validateJob(job: unknown, options: JobCheckOptions = {}): asserts job is JobInput {
  checkOptions(options, JOB_CHECK_OPTIONS);
  checkJob(job, options);
}

/**
 * Checks a job for what a server would ignore, refuse, or accept and then never run.
 *
 * @throws {InvalidJobError} naming the field that is wrong.
 */
export function checkJob(
  job: unknown,
  options: FindOptions & { readonly serverRelease?: ServerRelease | undefined } = {},
): asserts job is Job {
  if (!isRecord(job)) {
    throw new InvalidJobError(
      'Job',
      job === undefined ? 'is missing.' : `must be an object, not ${describeType(job)}.`,
    );
  }
  const advice = adviceForOtherFormat(job);
  if (advice !== undefined) throw new InvalidJobError('Job', advice);
  const json = toJson(job);
  const problems = [...take(findProblems(job, JOB, 'Job', options), MOST_PROBLEMS + 1)];
  // What a rule compares has the right types only if nothing was found before.
  if (problems.length === 0) problems.push(...take(findRuleViolations(job, options), MOST_PROBLEMS + 1));
  const [first, ...others] = problems;
  if (first === undefined) return checkSize(json);
  const rest = others.slice(0, MOST_PROBLEMS).map(({ field, problem }) => `\n${field} ${problem}`);
  if (others.length > MOST_PROBLEMS) rest.push('\nThere are more.');
  throw new InvalidJobError(first.field, `${first.problem}${rest.join('')}`);
}

function* take<T>(values: Iterable<T>, count: number): Generator<T> {
  let left = count;
  for (const value of values) {
    yield value;
    left -= 1;
    if (left === 0) return;
  }
}

function checkSize(json: string): void {
  // A character has at most three bytes, so most jobs need not be encoded.
  if (json.length * 3 <= LARGEST_JOB) return;
  const size = utf8(json).length;
  if (size <= LARGEST_JOB) return;
  throw new InvalidJobError(
    'Job',
    `has ${size} bytes; nodes can be sent ${LARGEST_JOB}. Pass large inputs by URL, S3, IPFS or a path on the nodes, or compress them.`,
  );
}

function toJson(job: unknown): string {
  try {
    return JSON.stringify(job);
  } catch (error) {
    // A cycle or a BigInt.
    const [reason] = error instanceof Error ? error.message.split('\n') : [String(error)];
    throw new InvalidJobError('Job', `cannot be written as JSON: ${reason}.`, { cause: error });
  }
}
