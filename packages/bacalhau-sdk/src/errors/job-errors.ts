import type { Execution, Job } from 'bacalhau-apiclient';
import { BacalhauError, defineUnprinted } from './base.js';

/** A job failed, was stopped, or conflicts with another one. */
export class JobError extends BacalhauError {
  /** @internal */
  protected static override readonly kind: string = 'JobError';
  /** The job's id. */
  override readonly jobId: string;
  /** The job as last seen. Not printed with the error. */
  declare readonly job: Job;

  constructor(message: string, job: Job) {
    super(message);
    this.jobId = job.ID ?? '';
    defineUnprinted<JobError, 'job'>(this, 'job', job);
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
  /** Its executions as last seen. Not printed with the error. */
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
    const { code, hint, executions } = details;
    Object.assign(this, { code, hint });
    defineUnprinted<JobFailedError, 'executions'>(this, 'executions', executions);
  }
}

/** The job was stopped. */
export class JobStoppedError extends JobError {
  /** @internal */
  protected static override readonly kind: string = 'JobStoppedError';
  /** The reason that was given, if any. */
  readonly reason: string | undefined;

  constructor(message: string, job: Job, reason = job.State?.Message) {
    super(message, job);
    this.reason = reason;
  }
}

/** A job of that name already exists, and must not be reused or changed. `job` is the existing one. */
export class JobExistsError extends JobError {
  /** @internal */
  protected static override readonly kind: string = 'JobExistsError';
  /**
   * Whether the existing job has the specification that was submitted; undefined if they cannot be compared, because the
   * job was not submitted by this SDK, and what the server or the other program filled in may differ.
   */
  readonly isSame: boolean | undefined;

  constructor(job: Job, { isSame, canUpdate }: { readonly isSame: boolean | undefined; readonly canUpdate: boolean }) {
    const state = job.State?.StateType ?? 'in an unknown state';
    const where = `Job ${JSON.stringify(job.Name)} already exists in namespace ${JSON.stringify(job.Namespace)}`;
    const update = canUpdate ? ', or use onExisting "update"' : '';
    const advice = {
      true: 'with the same specification. Use onExisting "reuse" to reuse it.',
      false: `with another specification. Choose another name${update}.`,
      undefined: `and its specification cannot be compared, because another program submitted it. Use it by its id, choose another name${update}.`,
    }[`${isSame}`];
    super(`${where} (${job.ID}, ${state}), ${advice}`, job);
    this.isSame = isSame;
  }
}
