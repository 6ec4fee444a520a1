import { ApiError, type ApiErrorDetails, BacalhauError } from '../errors/index.js';
import type { LegacyRun } from './runs.js';

/**
 * Which part of a signed request does not fit the others:
 * - `client-id`: the client id is not that of the public key.
 * - `key`: the signature was not made with the private half of the public key.
 * - `payload`: key and signature fit what was signed, so the server read something else: it is of another version than it
 *   was taken for, or the body was altered on its way.
 * - `unknown`: one of the last two; this runtime could not find out which.
 */
export type SignatureProblem = 'client-id' | 'key' | 'payload' | 'unknown';

/** The server refused a submission or a cancellation because of its signature. */
export class LegacySignatureError extends ApiError {
  /** @internal */
  protected static override readonly kind: string = 'LegacySignatureError';
  /** Which part does not fit. */
  readonly problem: SignatureProblem;

  constructor(message: string, facts: ApiErrorDetails & { readonly problem: SignatureProblem }) {
    super(message, facts);
    this.problem = facts.problem;
  }
}

/** Why a run failed, from the job's events. */
export interface LegacyFailureCause {
  /** The node that said it, where the event names one. */
  readonly nodeId: string | undefined;
  /** The node's words, for example `exit code was not zero: 3`. */
  readonly message: string;
}

/** A legacy job ended, but not well. */
export class LegacyJobError extends BacalhauError {
  /** @internal */
  protected static override readonly kind: string = 'LegacyJobError';
  /** The job's id. */
  override readonly jobId: string;
  /** How it ended. */
  readonly outcome: 'failed' | 'cancelled';
  /** What the nodes said, each once, the first failure first; empty if they said nothing. */
  readonly causes: readonly LegacyFailureCause[];
  /** The runs as they ended. */
  readonly runs: readonly LegacyRun[];

  constructor(facts: Pick<LegacyJobError, 'jobId' | 'outcome' | 'causes' | 'runs'>) {
    const said = [...new Set(facts.causes.map(({ message }) => message))].join('; ');
    super(`Job ${facts.jobId} ${facts.outcome === 'failed' ? 'failed' : 'was cancelled'}${said && `: ${said}`}`);
    this.jobId = facts.jobId;
    this.outcome = facts.outcome;
    this.causes = facts.causes;
    this.runs = facts.runs;
  }
}
