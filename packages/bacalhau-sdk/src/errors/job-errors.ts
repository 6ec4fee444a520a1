import type { Execution, Job } from 'bacalhau-apiclient';
import { BacalhauError } from './base.js';

/** A job failed, was stopped, or stands in the way of another one. */
export class JobError extends BacalhauError {
  /** @internal */
  protected static override readonly kind: string = 'JobError';
  /** The job's id. */
  override readonly jobId: string;
  /** The job as last seen. */
  readonly job: Job;

  constructor(message: string, job: Job) {
    super(message);
    this.jobId = job.ID ?? '';
    this.job = job;
  }
}

/** The job could not be placed, started or completed. The message has the cause that the nodes reported. */
export class JobFailedError extends JobError {
  /** @internal */
  protected static override readonly kind: string = 'JobFailedError';
  /** The cause's code, for example `Docker:ImageNotFound`. */
  declare readonly code: string | undefined;
  /** The server's advice. */
  declare readonly hint: string | undefined;
  /** Its executions as last seen. */
  declare readonly executions: readonly Execution[];

  constructor(
    message: string,
    details: {
      readonly job: Job;
      readonly code: string | undefined;
      readonly hint: string | undefined;
      readonly executions: readonly Execution[];
    },
  ) {
    super(message, details.job);
    Object.assign(this, details);
  }
}

/** The job was stopped. */
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

/** A job of that name already exists, and must not be reused or changed. `job` is the existing one. */
export class JobExistsError extends JobError {
  /** @internal */
  protected static override readonly kind: string = 'JobExistsError';
  /** Whether the existing job has the specification that was submitted. */
  readonly isSame: boolean;

  constructor(job: Job, { isSame }: { readonly isSame: boolean }) {
    const state = job.State?.StateType ?? 'in an unknown state';
    const where = `Job ${JSON.stringify(job.Name)} already exists in namespace ${JSON.stringify(job.Namespace)}`;
    const advice = isSame
      ? 'with the same specification. Use onExisting "reuse" to reuse it.'
      : 'with another specification. Choose another name, or use onExisting "update".';
    super(`${where} (${job.ID}, ${state}), ${advice}`, job);
    this.isSame = isSame;
  }
}
