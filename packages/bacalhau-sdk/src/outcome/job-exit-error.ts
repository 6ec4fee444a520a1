import { JobError } from '../errors/index.js';
import type { RunResult } from './run-result.js';

/** The job completed, but its program ended with an exit code that means failure. */
export class JobExitError extends JobError {
  /** @internal */
  protected static override readonly kind: string = 'JobExitError';
  /** The exit code of the first execution that failed. */
  readonly exitCode: number;
  /** The whole result of the run: output, executions, results. */
  readonly result: RunResult;

  constructor(message: string, result: RunResult) {
    super(message, result.job);
    this.exitCode = result.exitCode;
    this.result = result;
  }
}
