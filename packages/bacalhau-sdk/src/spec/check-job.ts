import { ConstraintOperator, type Job, type PutJobRequest } from 'bacalhau-apiclient';
import { describeType } from '../arguments/index.js';
import { InvalidJobError } from '../errors/index.js';
import { isRecord, utf8 } from '../util/index.js';
import { quote } from './quote.js';

/**
 * The largest job that nodes can be sent, in bytes of JSON. Servers accept ten times as much, but a message to the nodes
 * may have 1,048,576 bytes; a larger job is accepted, never starts, and holds up others (seen on 1.9.3).
 */
const LARGEST_JOB = 1_000_000;

/**
 * Checks the request that submits a job.
 *
 * @throws {InvalidJobError} naming the field that is wrong.
 */
export function checkPutJobRequest(request: unknown): asserts request is PutJobRequest {
  const { Job: job } = checkRecord(request, 'The request', 'Pass { Job: {…} }.');
  if (job === undefined) {
    throw new InvalidJobError(
      'Job',
      'is missing. Pass { Job: {…} }; the names of fields start with a capital letter, as in Bacalhau’s documentation.',
    );
  }
  checkJob(job);
}

/**
 * Checks a job for what a server would refuse, or accept and then never run.
 *
 * @throws {InvalidJobError} naming the field that is wrong.
 */
export function checkJob(job: unknown): asserts job is Job {
  const { Type, Count, Constraints, Tasks } = checkRecord(job, 'Job');
  checkText(Type, 'Job.Type', 'Use batch, ops, service or daemon.');
  checkCount(Count, Type);
  checkConstraints(Constraints);
  if (!Array.isArray(Tasks) || Tasks.length === 0) {
    throw new InvalidJobError('Job.Tasks', 'is missing. Pass an array with one task.');
  }
  if (Tasks.length > 1) {
    throw new InvalidJobError(
      'Job.Tasks',
      `has ${Tasks.length} tasks, but servers run only the first. Submit a job for each task.`,
    );
  }
  checkTask(Tasks[0], 'Job.Tasks[0]');
  checkSize(job);
}

function checkCount(count: unknown, type: string): void {
  if (count === undefined || count === null) return;
  if (!(typeof count === 'number' && Number.isInteger(count) && count >= 0)) {
    throw new InvalidJobError('Job.Count', `is ${quote(count)}. Use a whole number, 0 or more.`);
  }
  if (count > 1 && (type === 'ops' || type === 'daemon')) {
    throw new InvalidJobError(
      'Job.Count',
      `is ${count}, but a job of type ${type} runs on every node that matches. Remove the count.`,
    );
  }
}

/** Checks constraints: servers accept an unknown operator, and then never schedule the job. */
function checkConstraints(constraints: unknown): void {
  if (constraints === undefined || constraints === null) return;
  if (!Array.isArray(constraints)) {
    throw new InvalidJobError('Job.Constraints', `must be an array, not ${describeType(constraints)}.`);
  }
  for (const [index, constraint] of constraints.entries()) checkConstraint(constraint, `Job.Constraints[${index}]`);
}

function checkConstraint(constraint: unknown, field: string): void {
  const { Key, Operator, Values } = checkRecord(constraint, field, 'Pass { Key, Operator, Values }.');
  checkText(Key, `${field}.Key`, 'Use the name of a node label.');
  const operators: readonly string[] = Object.values(ConstraintOperator);
  if (typeof Operator !== 'string' || !operators.includes(Operator)) {
    throw new InvalidJobError(
      `${field}.Operator`,
      `is ${quote(Operator)}. Use one of ${operators.join(' ')}, in lower case.`,
    );
  }
  const count = Array.isArray(Values) ? Values.length : 0;
  const least = Operator === 'exists' || Operator === '!' ? 0 : 1;
  const most = Operator === 'in' || Operator === 'notin' ? Number.POSITIVE_INFINITY : least;
  if (count < least || count > most) {
    const expected = most === 0 ? 'no value' : least === most ? 'exactly one value' : 'at least one value';
    throw new InvalidJobError(`${field}.Values`, `has ${count} entries, but ${Operator} takes ${expected}.`);
  }
}

function checkTask(task: unknown, field: string): void {
  const { Name, Engine, InputSources, Resources, Env } = checkRecord(task, field);
  checkText(Name, `${field}.Name`, 'Name the task, for example main.');
  const { Type } = checkRecord(
    Engine,
    `${field}.Engine`,
    'Pass for example { Type: "docker", Params: { Image: "ubuntu" } }.',
  );
  checkText(Type, `${field}.Engine.Type`, 'Use docker or wasm.');
  if (Array.isArray(InputSources)) {
    for (const [index, input] of InputSources.entries()) checkInline(input, `${field}.InputSources[${index}]`);
  }
  for (const [name, amount] of Object.entries(checkRecord(Resources ?? {}, `${field}.Resources`))) {
    if (typeof amount !== 'number') continue;
    throw new InvalidJobError(
      `${field}.Resources.${name}`,
      `is the number ${amount}. Pass a string, such as "500m" or "1GB".`,
    );
  }
  for (const [name, value] of Object.entries(checkRecord(Env ?? {}, `${field}.Env`))) {
    checkVariable(name, value, `${field}.Env.${name}`);
  }
}

/** Finds an input that was to be read from a file at submission, but was copied in a way that lost this. */
function checkInline(input: unknown, field: string): void {
  if (!isRecord(input) || !isRecord(input['Source'])) return;
  const { Type, Params } = input['Source'];
  if (Type !== 'inline' || !isRecord(Params)) return;
  const { URL: url } = Params;
  if (typeof url !== 'string' || url.startsWith('data:')) return;
  throw new InvalidJobError(
    `${field}.Source.Params.URL`,
    `is ${quote(url)}, not a data: URL. Pass what wasm() returned instead of a copy by JSON or structuredClone, or copy the result of its toJob().`,
  );
}

function checkVariable(name: string, value: unknown, field: string): void {
  if (!/^[A-Z][A-Z0-9_]*$/.test(name)) {
    throw new InvalidJobError(
      field,
      'is not a name that servers accept. Use capital letters, digits and _, beginning with a letter.',
    );
  }
  if (name.startsWith('BACALHAU_')) {
    throw new InvalidJobError(field, 'begins with BACALHAU_, which is reserved. Choose another name.');
  }
  if (typeof value !== 'string' || value === '') {
    throw new InvalidJobError(field, `is ${quote(value)}. Pass a string that is not empty.`);
  }
}

function checkSize(job: unknown): void {
  const json = toJson(job);
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

function checkRecord(value: unknown, field: string, advice = ''): Readonly<Record<string, unknown>> {
  if (isRecord(value)) return value;
  const problem = value === undefined ? 'is missing.' : `must be an object, not ${describeType(value)}.`;
  throw new InvalidJobError(field, `${problem} ${advice}`.trimEnd());
}

function checkText(value: unknown, field: string, advice: string): asserts value is string {
  if (typeof value === 'string' && value.trim() !== '') return;
  const isMissing = value === undefined || value === null || typeof value === 'string';
  const problem = isMissing ? 'is missing.' : `must be a string, not ${describeType(value)}.`;
  throw new InvalidJobError(field, `${problem} ${advice}`);
}
