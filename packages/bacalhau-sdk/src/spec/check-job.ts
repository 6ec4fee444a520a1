import { ConstraintOperator, type Job, type PutJobRequest } from 'bacalhau-apiclient';
import { InvalidJobError } from '../errors/index.js';
import { isRecord } from '../records.js';

/**
 * What nodes can be sent, in bytes of JSON. Servers take ten times as much, but the message to the nodes may have
 * 1,048,576 bytes; a larger job is accepted, never starts, and holds up others (seen on 1.9.3).
 */
const LARGEST_JOB = 1_000_000;

/** Looks for what the server would refuse, or accept and then not run, so that the message can name the field. */
export function checkPutJobRequest(request: PutJobRequest): void {
  const { Job: job } = record(request, 'The request', 'is no object. Give { Job: {…} }.');
  checkJob(record(job, 'Job', MISSING_JOB));
}

const MISSING_JOB =
  'is missing. Give { Job: {…} }; the names of fields start with a capital letter, as in Bacalhau’s documentation.';

/** Whether the fields that every job must have are there; `checkJob` says what is wrong with the rest. */
export const isJob = (value: unknown): value is Job => isRecord(value) && 'Type' in value && 'Tasks' in value;

/** Looks at a job by itself. */
export function checkJob(value: unknown): void {
  const job = record(value, 'Job', 'is no object.');
  const type = text(job['Type'], 'Job.Type', 'is missing. Use batch, ops, service or daemon.');
  checkCount(job['Count'], type);
  checkConstraints(job['Constraints']);
  const tasks = job['Tasks'];
  if (!Array.isArray(tasks) || tasks.length === 0) {
    throw new InvalidJobError('Job.Tasks', 'is missing. Give an array with one task.');
  }
  if (tasks.length > 1) {
    throw new InvalidJobError(
      'Job.Tasks',
      `holds ${tasks.length} tasks. Servers run the first one only; submit a job for each.`,
    );
  }
  checkTask(tasks[0], 'Job.Tasks[0]');
  checkSize(job);
}

function checkCount(count: unknown, type: string): void {
  if (count === undefined || count === null) return;
  if (!(typeof count === 'number' && Number.isInteger(count) && count >= 0)) {
    throw new InvalidJobError('Job.Count', `is ${show(count)}. Use a whole number from 0 up.`);
  }
  if (count > 1 && (type === 'ops' || type === 'daemon')) {
    throw new InvalidJobError(
      'Job.Count',
      `is ${count}, but a job of type ${type} runs on every node that matches. Leave it out.`,
    );
  }
}

/** Servers accept an operator that they do not know, and then never place the job. */
function checkConstraints(constraints: unknown): void {
  if (constraints === undefined || constraints === null) return;
  if (!Array.isArray(constraints)) throw new InvalidJobError('Job.Constraints', 'is no array.');
  const operators: readonly string[] = Object.values(ConstraintOperator);
  for (const [index, value] of constraints.entries()) {
    const at = `Job.Constraints[${index}]`;
    const constraint = record(value, at, 'is no object. Give { Key, Operator, Values }.');
    text(constraint['Key'], `${at}.Key`, 'is missing. Name the label of the nodes.');
    const operator = constraint['Operator'];
    if (typeof operator !== 'string' || !operators.includes(operator)) {
      throw new InvalidJobError(
        `${at}.Operator`,
        `is ${show(operator)}. Use one of ${operators.join(' ')}, in small letters.`,
      );
    }
    const count = Array.isArray(constraint['Values']) ? constraint['Values'].length : 0;
    const [fits, wanted] =
      operator === 'in' || operator === 'notin'
        ? [count >= 1, 'at least one value']
        : operator === 'exists' || operator === '!'
          ? [count === 0, 'no value']
          : [count === 1, 'exactly one value'];
    if (!fits) throw new InvalidJobError(`${at}.Values`, `has ${count} entries, but ${operator} takes ${wanted}.`);
  }
}

function checkTask(value: unknown, at: string): void {
  const task = record(value, at, 'is no object.');
  text(task['Name'], `${at}.Name`, 'is missing. Give the task a name, for example main.');
  const engine = record(
    task['Engine'],
    `${at}.Engine`,
    'is missing. Give for example { Type: "docker", Params: { Image: "ubuntu" } }.',
  );
  text(engine['Type'], `${at}.Engine.Type`, 'is missing. Use docker or wasm.');
  checkResources(task['Resources'], `${at}.Resources`);
  checkEnv(task['Env'], `${at}.Env`);
}

function checkResources(value: unknown, at: string): void {
  if (value === undefined || value === null) return;
  for (const [name, amount] of Object.entries(record(value, at, 'is no object.'))) {
    if (typeof amount === 'number') {
      throw new InvalidJobError(
        `${at}.${name}`,
        `is the number ${amount}. Resources are texts, such as "500m" or "1GB".`,
      );
    }
  }
}

function checkEnv(value: unknown, at: string): void {
  if (value === undefined || value === null) return;
  for (const [name, content] of Object.entries(record(value, at, 'is no object.'))) {
    if (!/^[A-Z][A-Z0-9_]*$/.test(name)) {
      throw new InvalidJobError(
        `${at}.${name}`,
        'is no name that servers take. Use capital letters, digits and _, a letter first.',
      );
    }
    if (name.startsWith('BACALHAU_')) {
      throw new InvalidJobError(`${at}.${name}`, 'begins with BACALHAU_, which is reserved.');
    }
    if (typeof content !== 'string' || content === '') {
      throw new InvalidJobError(`${at}.${name}`, `is ${show(content)}. Values are texts that are not empty.`);
    }
  }
}

function checkSize(job: unknown): void {
  const json = toJson(job);
  // A character has at most three bytes, so most jobs need no second look.
  if (json.length * 3 <= LARGEST_JOB) return;
  const size = new TextEncoder().encode(json).length;
  if (size > LARGEST_JOB) {
    throw new InvalidJobError(
      'Job',
      `has ${size} bytes; nodes can be sent ${LARGEST_JOB}. Give large inputs by url, s3, ipfs or a path on the nodes, or compress them.`,
    );
  }
}

/** What JSON cannot hold, such as a circle or a BigInt. */
function toJson(job: unknown): string {
  try {
    return JSON.stringify(job);
  } catch (error) {
    const [reason] = error instanceof Error ? error.message.split('\n') : [String(error)];
    throw new InvalidJobError('Job', `cannot be written as JSON: ${reason}.`, { cause: error });
  }
}

function record(value: unknown, field: string, problem: string): Readonly<Record<string, unknown>> {
  if (isRecord(value)) return value;
  throw new InvalidJobError(field, problem);
}

function text(value: unknown, field: string, problem: string): string {
  if (typeof value !== 'string' || value.trim() === '') throw new InvalidJobError(field, problem);
  return value;
}

const show = (value: unknown): string => JSON.stringify(value) ?? String(value);
