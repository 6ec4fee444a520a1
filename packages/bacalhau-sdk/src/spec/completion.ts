import type { Task } from 'bacalhau-apiclient';
import { isRecord } from '../util/index.js';
import type { JobInput } from './job-input.js';
import type { JobBuildContext } from './job-spec.js';

/**
 * The key under which a part of a job keeps the function that completes it. A symbol, because a spread copies it, while
 * JSON and structured clones leave it out; a registered one, because a program may hold two copies of this package.
 */
const COMPLETE = Symbol.for('bacalhau-sdk/complete');

/** Completes a part of a job. It is given the part as it is in the job then, with what its author changed. */
type Complete<Part> = (part: Part, context: JobBuildContext) => Part | Promise<Part>;

interface Incomplete<Part> {
  readonly [COMPLETE]: Complete<Part>;
}

/** Returns a task or an input that needs work when its job is submitted, such as a file that is read then. */
export const completeAtSubmission = <Part extends object>(part: Part, complete: Complete<Part>): Part => ({
  ...part,
  [COMPLETE]: complete,
});

/**
 * Returns whether a job has a part that is left to complete. Accepts anything: what is not a job is refused by its check.
 */
export function isIncomplete(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(isIncomplete);
  return (
    isRecord(value) && (needsCompletion(value) || isIncomplete(value['Tasks']) || isIncomplete(value['InputSources']))
  );
}

/** Returns a plain copy of a job with all its parts completed: the inputs of a task first, then the task. */
export async function completeJob(job: JobInput, context: JobBuildContext): Promise<JobInput> {
  if (!isIncomplete(job)) return { ...job };
  return { ...job, Tasks: await Promise.all(job.Tasks.map((task) => completeTask(task, context))) };
}

async function completeTask(task: Task, context: JobBuildContext): Promise<Task> {
  if (!isIncomplete(task)) return task;
  const { InputSources } = task;
  if (!isIncomplete(InputSources) || InputSources === undefined) return completePart(task, context);
  const sources = await Promise.all(InputSources.map((source) => completePart(source, context)));
  return completePart({ ...task, InputSources: sources }, context);
}

async function completePart<Part extends object>(part: Part, context: JobBuildContext): Promise<Part> {
  if (!needsCompletion(part)) return part;
  const plain: Part = { ...part };
  Reflect.deleteProperty(plain, COMPLETE);
  return part[COMPLETE](plain, context);
}

const needsCompletion = <Part extends object>(part: Part): part is Part & Incomplete<Part> =>
  COMPLETE in part && typeof part[COMPLETE] === 'function';
