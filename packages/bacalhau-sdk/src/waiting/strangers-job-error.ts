import type { Job } from 'bacalhau-apiclient';
import { UnexpectedResponseError } from '../errors/index.js';
import { isOwnJob, type JobIdentity } from '../spec/index.js';

/** The id that the server gave for a submission is another job's: its answer counts as lost. */
export class StrangersJobError extends UnexpectedResponseError {
  constructor(id: string, { name, namespace }: JobIdentity) {
    super(
      `jobs.put: the server gave the id ${id}, which is not the submitted job's. It may still have been submitted. Look for the job named ${JSON.stringify(name)} in namespace ${JSON.stringify(namespace)}.`,
      {
        ...{ operation: 'jobs.put', status: 200, attempts: 1, requestId: '', serverVersion: undefined },
        ...{ code: undefined, component: undefined, hint: undefined, details: {}, outcomeUnknown: true },
      },
    );
  }
}

/**
 * Checks that a job is the one that was submitted.
 *
 * @throws {StrangersJobError}
 */
export function checkOwnJob(job: Job, id: string, identity: JobIdentity | undefined): void {
  if (identity !== undefined && !isOwnJob(job, identity)) throw new StrangersJobError(id, identity);
}
