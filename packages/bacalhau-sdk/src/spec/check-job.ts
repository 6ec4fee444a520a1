import { ConstraintOperator, type Job, type PutJobRequest } from 'bacalhau-apiclient';
import { InvalidJobError } from '../errors/index.js';
import { isRecord, soon } from '../util/index.js';

/**
 * What nodes can be sent, in bytes of JSON. Servers take ten times as much, but the message to the nodes may have
 * 1,048,576 bytes; a larger job is accepted, never starts, and holds up others (seen on 1.9.3).
 */
const LARGEST_JOB = 1_000_000;

/** Where the words cannot be loaded. */
const UNEXPLAINED = 'is not as servers take it.';

/** Picks the words for what is wrong: they are loaded when something is. */
type Words = (say: typeof import('./flaws.js')) => string;

class Flaw extends Error {
  readonly field: string;
  readonly words: Words;
  readonly options: { readonly cause?: unknown };
  constructor(field: string, words: Words, options = {}) {
    super(field);
    this.field = field;
    this.words = words;
    this.options = options;
  }
}

/** Looks for what the server would refuse, or accept and then not run, so that the message can name the field. */
export async function checkPutJobRequest(request: PutJobRequest): Promise<void> {
  await tell(() => {
    const { Job: job } = record(request, 'The request', (say) => say.noRequest);
    look(record(job, 'Job', (say) => say.noJob));
  });
}

/** Looks at a job by itself. */
export async function checkJob(job: unknown): Promise<void> {
  await tell(() => look(job));
}

/** Whether the fields that every job must have are there; `checkJob` says what is wrong with the rest. */
export const isJob = (value: unknown): value is Job => isRecord(value) && 'Type' in value && 'Tasks' in value;

async function tell(check: () => void): Promise<void> {
  try {
    check();
  } catch (flaw) {
    if (!(flaw instanceof Flaw)) throw flaw;
    const say = await soon(import('./flaws.js'));
    const problem = say === undefined ? UNEXPLAINED : flaw.words(say);
    throw new InvalidJobError(flaw.field, problem, flaw.options);
  }
}

function look(value: unknown): void {
  const job = record(value, 'Job', (say) => say.noObject);
  const type = text(job['Type'], 'Job.Type', (say) => say.noType);
  checkCount(job['Count'], type);
  checkConstraints(job['Constraints']);
  const tasks = job['Tasks'];
  if (!Array.isArray(tasks) || tasks.length === 0) throw new Flaw('Job.Tasks', (say) => say.noTasks);
  if (tasks.length > 1) throw new Flaw('Job.Tasks', (say) => say.manyTasks(tasks.length));
  checkTask(tasks[0], 'Job.Tasks[0]');
  checkSize(job);
}

function checkCount(count: unknown, type: string): void {
  if (count === undefined || count === null) return;
  if (!(typeof count === 'number' && Number.isInteger(count) && count >= 0)) {
    throw new Flaw('Job.Count', (say) => say.noCount(count));
  }
  if (count > 1 && (type === 'ops' || type === 'daemon')) {
    throw new Flaw('Job.Count', (say) => say.countOfEvery(count, type));
  }
}

/** Servers accept an operator that they do not know, and then never place the job. */
function checkConstraints(constraints: unknown): void {
  if (constraints === undefined || constraints === null) return;
  if (!Array.isArray(constraints)) throw new Flaw('Job.Constraints', (say) => say.noConstraints);
  const operators: readonly string[] = Object.values(ConstraintOperator);
  for (const [index, value] of constraints.entries()) {
    const at = `Job.Constraints[${index}]`;
    const constraint = record(value, at, (say) => say.noConstraint);
    text(constraint['Key'], `${at}.Key`, (say) => say.noKey);
    const operator = constraint['Operator'];
    if (typeof operator !== 'string' || !operators.includes(operator)) {
      throw new Flaw(`${at}.Operator`, (say) => say.noOperator(operator, operators));
    }
    const count = Array.isArray(constraint['Values']) ? constraint['Values'].length : 0;
    const least = operator === 'exists' || operator === '!' ? 0 : 1;
    const most = operator === 'in' || operator === 'notin' ? Number.POSITIVE_INFINITY : least;
    if (count < least || count > most)
      throw new Flaw(`${at}.Values`, (say) => say.values(count, operator, least, most));
  }
}

function checkTask(value: unknown, at: string): void {
  const task = record(value, at, (say) => say.noObject);
  text(task['Name'], `${at}.Name`, (say) => say.noTaskName);
  const engine = record(task['Engine'], `${at}.Engine`, (say) => say.noEngine);
  text(engine['Type'], `${at}.Engine.Type`, (say) => say.noEngineType);
  for (const [name, amount] of entries(task['Resources'], `${at}.Resources`)) {
    if (typeof amount === 'number') {
      throw new Flaw(`${at}.Resources.${name}`, (say) => say.numericResource(amount));
    }
  }
  for (const [name, content] of entries(task['Env'], `${at}.Env`)) checkVariable(name, content, `${at}.Env.${name}`);
}

function checkVariable(name: string, content: unknown, at: string): void {
  if (!/^[A-Z][A-Z0-9_]*$/.test(name)) throw new Flaw(at, (say) => say.variableName);
  if (name.startsWith('BACALHAU_')) throw new Flaw(at, (say) => say.reservedVariable);
  if (typeof content !== 'string' || content === '') throw new Flaw(at, (say) => say.variable(content));
}

function checkSize(job: unknown): void {
  const json = toJson(job);
  // A character has at most three bytes, so most jobs need no second look.
  if (json.length * 3 <= LARGEST_JOB) return;
  const size = new TextEncoder().encode(json).length;
  if (size > LARGEST_JOB) throw new Flaw('Job', (say) => say.tooLarge(size, LARGEST_JOB));
}

function toJson(job: unknown): string {
  try {
    return JSON.stringify(job);
  } catch (error) {
    throw new Flaw('Job', (say) => say.noJson(error), { cause: error });
  }
}

function record(value: unknown, field: string, words: Words): Readonly<Record<string, unknown>> {
  if (isRecord(value)) return value;
  throw new Flaw(field, words);
}

const entries = (value: unknown, field: string): readonly (readonly [string, unknown])[] =>
  Object.entries(record(value ?? {}, field, (say) => say.noObject));

function text(value: unknown, field: string, words: Words): string {
  if (typeof value !== 'string' || value.trim() === '') throw new Flaw(field, words);
  return value;
}
