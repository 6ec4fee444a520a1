import { BacalhauError } from '../errors/index.js';

/** Why a signed request was refused. */
export type SignatureProblem =
  /** There is no signature. */
  | 'missing'
  /** It cannot be read, or contradicts itself. */
  | 'malformed'
  /** It leaves something out that has to be signed. */
  | 'incomplete'
  /** Nobody known has that key. */
  | 'unknown-key'
  /** It is not of that key, or something that it covers was altered. */
  | 'invalid'
  /** The body is not the one that was signed. */
  | 'digest'
  /** It is not valid any more, or valid for longer than is allowed. */
  | 'expired'
  /** It is from the future: one of the clocks is wrong. */
  | 'premature'
  /** It was used before. */
  | 'replayed'
  /** More requests are remembered than there is room for. */
  | 'overloaded';

/** A request was refused because of its signature. The message says nothing that helps to forge one. */
export class SignatureError extends BacalhauError {
  /** @internal */
  protected static override readonly kind: string = 'SignatureError';
  /** Why, for programs. */
  readonly problem: SignatureProblem;

  constructor(problem: SignatureProblem, message: string) {
    super(message);
    this.problem = problem;
  }
}
