import type { Execution, Job, JobHistory } from 'bacalhau-apiclient';
import { JobFailedError } from '../errors/index.js';
import { placementFailure } from './placement-failure.js';

/** A cause that a node or the scheduler reported. */
interface Cause {
  readonly message: string;
  readonly code: string | undefined;
  readonly hint: string | undefined;
}

/**
 * Builds the error of a failed job. The cause is in its executions and in the events of its history; the job's own message
 * is the scheduler's conclusion ("not enough nodes …"), which is quoted only where no cause is known.
 */
export function jobFailure(job: Job, executions: readonly Execution[], history: readonly JobHistory[]): JobFailedError {
  const conclusion = job.State?.Message?.trim();
  const cause = causeOf(executions, history);
  const why = cause?.message || conclusion || 'the server gave no reason';
  const hint = cause?.hint;
  const advice = executions.length === 0 ? placementAdvice(job) : '';
  return new JobFailedError(`Job ${job.ID} failed: ${why}${hint === undefined ? '' : ` Hint: ${hint}`}${advice}`, {
    job,
    code: cause?.code,
    hint,
    executions,
  });
}

/** Tells a network that is busy from one that cannot run the job. */
function placementAdvice({ State, Tasks }: Job): string {
  const failure = placementFailure(State?.Message?.trim());
  if (failure === undefined) return '';
  if (failure === 'impossible') return '\nNo connected node can run it, however idle it is.';
  const seconds = Tasks[0]?.Timeouts?.QueueTimeout ?? 0;
  const waited = seconds > 0 ? `after ${seconds} seconds in the queue` : 'at the moment';
  return `\nNo node had room for it ${waited}. To wait ${seconds > 0 ? 'longer' : 'for room'}, give its task a QueueTimeout, or pass queueTimeoutMs to jobs.run or jobs.map.`;
}

function causeOf(executions: readonly Execution[], history: readonly JobHistory[]): Cause | undefined {
  const events = history
    .filter(({ Event }) => Event.Details?.['IsError'] === 'true')
    .map(({ Event }) => ({
      message: Event.Message.trim(),
      code: Event.Details?.['ErrorCode'],
      hint: Event.Details?.['Hint'],
    }));
  const coded = events.find(({ code, hint }) => code !== undefined || hint !== undefined);
  const reported = executions.map(({ RunOutput }) => RunOutput?.ErrorMsg?.trim()).find((message) => message);
  if (coded !== undefined) return coded;
  if (reported !== undefined) return { message: reported, code: undefined, hint: undefined };
  return events[0];
}
