import { BacalhauError } from './base.js';

/**
 * Returns a copy of the error that says which job it is about. It is a copy because one failed request can end the waits
 * for several jobs. What is not an error of this package, or has a job's id already, is returned as it is.
 */
export function withJobId(error: unknown, jobId: string | undefined): unknown {
  if (!(error instanceof BacalhauError) || jobId === undefined || error.jobId !== undefined) return error;
  const copy: object = Object.setPrototypeOf(new Error(error.message), Object.getPrototypeOf(error));
  return Object.defineProperties(copy, { ...Object.getOwnPropertyDescriptors(error), jobId: jobIdProperty(jobId) });
}

const jobIdProperty = (value: string): PropertyDescriptor => ({ value, enumerable: true, configurable: true });
