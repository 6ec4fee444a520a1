import type { Job } from 'bacalhau-apiclient';
import type { OptionNames } from '../arguments/index.js';
import { InvalidArgumentError } from '../errors/index.js';

/** How to wait for the end of a job. */
export interface WaitOptions {
  /** How long to wait at most, in milliseconds. Default: no limit. */
  readonly timeoutMs?: number | undefined;
  /** Ends the wait, not the job. */
  readonly signal?: AbortSignal | undefined;
  /** Called on each observed change, including the final one. */
  readonly onUpdate?: ((job: Job) => void) | undefined;
  /** How long the server may be unreachable before the wait fails, in milliseconds. Default: 300,000. */
  readonly unreachableAfterMs?: number | undefined;
}

export const WAIT_OPTIONS: OptionNames<WaitOptions> = {
  timeoutMs: true,
  signal: true,
  onUpdate: true,
  unreachableAfterMs: true,
};

export function checkUnreachableAfter(unreachableAfterMs: number | undefined): void {
  if (unreachableAfterMs === undefined) return;
  if (typeof unreachableAfterMs === 'number' && unreachableAfterMs >= 0) return;
  throw new InvalidArgumentError('unreachableAfterMs', `is ${unreachableAfterMs}. Use milliseconds from 0 up.`);
}

/** @throws {InvalidArgumentError} if it is not a function. */
export function checkListener(listener: unknown, argument: string): void {
  if (listener === undefined || typeof listener === 'function') return;
  throw new InvalidArgumentError(argument, `must be a function, not ${JSON.stringify(listener)}.`);
}
