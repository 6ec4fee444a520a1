import type { PutJobRequest } from 'bacalhau-apiclient';
import { InvalidJobError } from '../errors/index.js';

/** Looks for what the server would refuse, so that the message can name the field before anything is sent. */
export function checkPutJobRequest(request: PutJobRequest): void {
  const job = record(record(request, 'The request', 'is no object. Give { Job: {…} }.')['Job'], 'Job', MISSING_JOB);
  text(job['Type'], 'Job.Type', 'is missing. Use batch, ops, service or daemon.');
  const count = job['Count'];
  if (count !== undefined && !(typeof count === 'number' && Number.isInteger(count) && count >= 0)) {
    throw new InvalidJobError('Job.Count', `is ${show(count)}. Use a whole number from 0 up.`);
  }
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
}

const MISSING_JOB =
  'is missing. Give { Job: {…} }; the names of fields start with a capital letter, as in Bacalhau’s documentation.';

function checkTask(value: unknown, at: string): void {
  const task = record(value, at, 'is no object.');
  text(task['Name'], `${at}.Name`, 'is missing. Give the task a name, for example main.');
  const engine = record(
    task['Engine'],
    `${at}.Engine`,
    'is missing. Give for example { Type: "docker", Params: { Image: "ubuntu" } }.',
  );
  text(engine['Type'], `${at}.Engine.Type`, 'is missing. Use docker or wasm.');
  const resources = task['Resources'];
  if (resources === undefined || resources === null) return;
  for (const [name, amount] of Object.entries(record(resources, `${at}.Resources`, 'is no object.'))) {
    if (typeof amount === 'number') {
      throw new InvalidJobError(
        `${at}.Resources.${name}`,
        `is the number ${amount}. Resources are texts, such as "500m" or "1GB".`,
      );
    }
  }
}

function record(value: unknown, field: string, problem: string): Readonly<Record<string, unknown>> {
  if (isRecord(value)) return value;
  throw new InvalidJobError(field, problem);
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function text(value: unknown, field: string, problem: string): void {
  if (typeof value !== 'string' || value.trim() === '') throw new InvalidJobError(field, problem);
}

const show = (value: unknown): string => JSON.stringify(value) ?? String(value);
