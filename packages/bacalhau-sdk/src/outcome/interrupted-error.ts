import type { Job } from 'bacalhau-apiclient';
import { CallError, RequestAbortedError, RequestTimeoutError, withJobId } from '../errors/index.js';
import type { Deadline, Transport } from '../http/index.js';
import { hasEnded } from '../model/index.js';

/** What a deadline ended, and how far it was. */
export interface Interruption {
  readonly operation: string;
  readonly transport: Transport;
  readonly deadline: Deadline;
  /** The error by which the end showed. */
  readonly thrown: unknown;
  /** Undefined before the job is submitted. */
  readonly jobId: string | undefined;
  /** The job as it was observed last. */
  readonly job: Job | undefined;
  /** What happened to the job, as a sentence. */
  readonly consequence?: string | undefined;
}

/**
 * Creates the error of a run that `signal`, `timeoutMs` or closing the client ended: it says which, and what happened to
 * the job.
 */
export function interruptedError(interruption: Interruption): unknown {
  const { operation, transport, deadline, thrown, jobId, consequence } = interruption;
  const { message, cause } = transport.deadlineError(operation, thrown, deadline);
  const { attempts, outcomeUnknown, requestId } = thrown instanceof CallError ? thrown : NO_REQUEST;
  const details = { operation, attempts, outcomeUnknown, requestId };
  const { timeoutMs } = deadline;
  const error =
    deadline.reason === 'timeout'
      ? new RequestTimeoutError(sentences(timeoutMessage(interruption), consequence), { ...details, timeoutMs })
      : new RequestAbortedError(sentences(message, consequence), details, { cause });
  return withJobId(error, jobId);
}

const NO_REQUEST = { attempts: 0, outcomeUnknown: false, requestId: '' };

const sentences = (...parts: readonly (string | undefined)[]): string => parts.filter(Boolean).join(' ');

function timeoutMessage({ operation, deadline, jobId, job }: Interruption): string {
  const within = `within ${deadline.timeoutMs} ms`;
  if (jobId === undefined) return `${operation}: the job was not submitted ${within}.`;
  if (job !== undefined && hasEnded(job)) return `The result of job ${jobId} was not collected ${within}.`;
  return `Job ${jobId} has not ended ${within}; it is ${job?.State?.StateType ?? 'unknown'}.`;
}
