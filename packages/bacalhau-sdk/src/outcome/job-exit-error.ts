import { defineUnprinted, JobError } from '../errors/index.js';
import type { RunResult } from './run-result.js';

/** The job completed, but its program ended with an exit code that means failure. */
export class JobExitError extends JobError {
  /** @internal */
  protected static override readonly kind: string = 'JobExitError';
  /** The exit code of the first execution that failed. */
  readonly exitCode: number;
  /** The whole result of the run: output, executions, results. Not printed with the error. */
  declare readonly result: RunResult;

  constructor(message: string, result: RunResult) {
    super(message, result.job);
    this.exitCode = result.exitCode;
    defineUnprinted<JobExitError, 'result'>(this, 'result', result);
  }
}
