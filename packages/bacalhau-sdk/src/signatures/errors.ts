import { BacalhauError, type ErrorCause } from '../errors/index.js';

/** Why a request was refused. */
export type SignatureProblem =
  /** There is no signature. */
  | 'missing'
  /** It cannot be read, or contradicts itself. */
  | 'malformed'
  /** The request is for another gateway. */
  | 'authority'
  /** It does not cover something that must be signed. */
  | 'incomplete'
  /** The key is unknown. */
  | 'unknown-key'
  /** The key did not make it, or something that it covers was altered. */
  | 'invalid'
  /** The body is not the one that was signed. */
  | 'digest'
  /** The body is larger than is allowed. */
  | 'too-large'
  /** The body broke off, or did not arrive in time. */
  | 'unread-body'
  /** It has expired, or is valid for longer than is allowed. */
  | 'expired'
  /** It was created in the future: one of the clocks is wrong. */
  | 'premature'
  /** It was used before. */
  | 'replayed'
  /** It was created before the replay cache began, so it may have been used before. Sign the request again. */
  | 'predates-cache'
  /** The replay cache is full. */
  | 'overloaded';

/** A request was refused because of its signature. The message contains nothing that helps to forge one. */
export class SignatureError extends BacalhauError {
  /** @internal */
  protected static override readonly kind: string = 'SignatureError';
  /** The reason, for programs. */
  readonly problem: SignatureProblem;

  constructor(problem: SignatureProblem, message: string, options: ErrorCause = {}) {
    super(message, options);
    this.problem = problem;
  }
}
