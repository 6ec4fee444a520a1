import { ApiError, type ApiErrorDetails, BacalhauError, defineUnprinted } from '../errors/index.js';
import type { LegacyRun } from './runs.js';

/**
 * Which part of a signed request does not match the others:
 * - `client-id`: the client id is not that of the public key.
 * - `key`: the signature was not made with the private half of the public key.
 * - `payload`: key and signature match what was signed, so the server read something else: it has another version than
 *   assumed, or the body was altered in transit.
 * - `unknown`: one of the last two; this runtime could not find out which.
 */
export type SignatureProblem = 'client-id' | 'key' | 'payload' | 'unknown';

/** The server rejected the signature of a submission or a cancellation. */
export class LegacySignatureError extends ApiError {
  /** @internal */
  protected static override readonly kind: string = 'LegacySignatureError';
  /** Which part does not match. */
  readonly problem: SignatureProblem;

  constructor(message: string, details: ApiErrorDetails & { readonly problem: SignatureProblem }) {
    super(message, details);
    this.problem = details.problem;
  }
}

/** Why a run failed, from the job's events. */
export interface LegacyFailureCause {
  /** The node that reported it, where the event names one. */
  readonly nodeId: string | undefined;
  /** The node's message, for example `exit code was not zero: 3`. */
  readonly message: string;
}

/** A legacy job failed or was cancelled. */
export class LegacyJobError extends BacalhauError {
  /** @internal */
  protected static override readonly kind: string = 'LegacyJobError';
  /** The job's id. */
  override readonly jobId: string;
  /** How it ended. */
  readonly outcome: 'failed' | 'cancelled';
  /** The nodes' messages, each once, the first failure first; empty if there are none. */
  readonly causes: readonly LegacyFailureCause[];
  /** The runs as they ended. Not printed with the error. */
  declare readonly runs: readonly LegacyRun[];

  constructor(details: Pick<LegacyJobError, 'jobId' | 'outcome' | 'causes' | 'runs'>) {
    const said = [...new Set(details.causes.map(({ message }) => message))].join('; ');
    super(`Job ${details.jobId} ${details.outcome === 'failed' ? 'failed' : 'was cancelled'}${said && `: ${said}`}`);
    this.jobId = details.jobId;
    this.outcome = details.outcome;
    this.causes = details.causes;
    defineUnprinted<LegacyJobError, 'runs'>(this, 'runs', details.runs);
  }
}
