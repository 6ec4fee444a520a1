import type { Execution, Job, JobHistory } from 'bacalhau-apiclient';
import { JobFailedError } from '../errors/index.js';
import { unreadInput } from '../failures/index.js';
import { placementFailure } from './placement-failure.js';

/** A cause that a node or the scheduler reported. */
interface Cause {
  readonly message: string;
  readonly code: string | undefined;
  readonly hint: string | undefined;
  readonly executionId: string | undefined;
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
  const advice = executions.length === 0 ? placementAdvice(job) : readingAdvice(job, executions, cause);
  return new JobFailedError(`Job ${job.ID} failed: ${why}${hint === undefined ? '' : ` Hint: ${hint}`}${advice}`, {
    job,
    code: cause?.code,
    hint,
    executions,
  });
}

/** Tells a node that may not read an input from a store that refuses this program: the message of a node does not. */
function readingAdvice(job: Job, executions: readonly Execution[], cause: Cause | undefined): string {
  const node = executions.find(({ ID }) => ID === cause?.executionId)?.NodeID;
  const unread = node === undefined || cause === undefined ? undefined : unreadInput(job, node, cause.message);
  return unread === undefined ? '' : `\n${unread}`;
}

/** Tells a network that is busy from one that cannot run the job. */
function placementAdvice({ State, Tasks }: Job): string {
  const failure = placementFailure(State?.Message?.trim());
  if (failure === undefined) return '';
  if (failure === 'impossible')
    return `\nNo connected node can run it, however idle it is.${supportAdvice(State?.Message)}`;
  const seconds = Tasks[0]?.Timeouts?.QueueTimeout ?? 0;
  const waited = seconds > 0 ? `after ${seconds} seconds in the queue` : 'at the moment';
  return `\nNo node had room for it ${waited}. To wait ${seconds > 0 ? 'longer' : 'for room'}, give its task a QueueTimeout, or pass queueTimeoutMs to jobs.run or jobs.map.`;
}

/** A node announces S3 only if it has credentials (1.9.3). */
const supportAdvice = (conclusion: string | undefined): string =>
  /: does not support s3\b/i.test(conclusion ?? '')
    ? ' Nodes support S3 if they have credentials of their own, such as AWS_ACCESS_KEY_ID; those of this program stay here.'
    : '';

function causeOf(executions: readonly Execution[], history: readonly JobHistory[]): Cause | undefined {
  const events = history
    .filter(({ Event }) => Event.Details?.['IsError'] === 'true')
    .map(({ Event, ExecutionID }) => ({
      executionId: ExecutionID,
      message: Event.Message.trim(),
      code: Event.Details?.['ErrorCode'],
      hint: Event.Details?.['Hint'],
    }));
  const coded = events.find(({ code, hint }) => code !== undefined || hint !== undefined);
  const reported = executions.find(({ RunOutput }) => RunOutput?.ErrorMsg?.trim());
  if (coded !== undefined) return coded;
  if (reported !== undefined) {
    const message = reported.RunOutput?.ErrorMsg?.trim() ?? '';
    return { executionId: reported.ID, message, code: undefined, hint: undefined };
  }
  return events[0];
}
