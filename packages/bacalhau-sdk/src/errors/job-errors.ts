import type { Execution, Job } from 'bacalhau-apiclient';
import { BacalhauError } from './base.js';

/** Something about a job is not as it should be. */
export class JobError extends BacalhauError {
  /** @internal */
  protected static override readonly kind: string = 'JobError';
  /** The job's id. */
  readonly jobId: string;
  /** The job as it was seen last. */
  readonly job: Job;

  constructor(message: string, job: Job) {
    super(message);
    this.jobId = job.ID ?? '';
    this.job = job;
  }
}

/** The job could not be placed, started or finished. The message holds the cause that the nodes gave. */
export class JobFailedError extends JobError {
  /** @internal */
  protected static override readonly kind: string = 'JobFailedError';
  /** The cause's code, for example `Docker:ImageNotFound`. */
  declare readonly code: string | undefined;
  /** The server's advice. */
  declare readonly hint: string | undefined;
  /** Its executions as they were seen last. */
  declare readonly executions: readonly Execution[];

  constructor(
    message: string,
    facts: {
      readonly job: Job;
      readonly code: string | undefined;
      readonly hint: string | undefined;
      readonly executions: readonly Execution[];
    },
  ) {
    super(message, facts.job);
    Object.assign(this, facts);
  }
}

/** Somebody stopped the job. */
export class JobStoppedError extends JobError {
  /** @internal */
  protected static override readonly kind: string = 'JobStoppedError';
  /** The reason that was given, if any. */
  readonly reason: string | undefined;

  constructor(message: string, job: Job) {
    super(message, job);
    this.reason = job.State?.Message;
  }
}

/** A job of that name exists already, and must not be taken or changed. `job` is the one that is in the way. */
export class JobExistsError extends JobError {
  /** @internal */
  protected static override readonly kind: string = 'JobExistsError';
  /** Whether it has the specification that was submitted. */
  readonly isSame: boolean;

  constructor(job: Job, { isSame }: { readonly isSame: boolean }) {
    const state = job.State?.StateType ?? 'in an unknown state';
    const where = `Job ${JSON.stringify(job.Name)} exists already in namespace ${JSON.stringify(job.Namespace)}`;
    const advice = isSame
      ? 'with the same specification. Use onExisting "reuse" to take it.'
      : 'with another specification. Give the new one another name, or use onExisting "update".';
    super(`${where} (${job.ID}, ${state}), ${advice}`, job);
    this.isSame = isSame;
  }
}
