import { isRecord } from '../util/index.js';
import { TextBody } from './body.js';
import type { CallContext, RawResponse } from './call-context.js';
import { responseError } from './response-error.js';

/** The field that a response must have. */
export type RequiredField = 'Items' | 'Nodes' | 'Job' | 'JobID' | 'GitVersion';

/** What is expected of a response, apart from being a JSON object. */
export interface ExpectedResponse {
  /** Default: none. */
  readonly requiredField?: RequiredField;
  /** The id, its beginning or the name of the job that was requested. Default: any job. */
  readonly jobId?: string;
}

/**
 * Checks a response with a 2xx status: its body must be a JSON object, a list in it one of objects, and a job the one that
 * was requested, because servers mix up their responses (docs/requests-in-flight.md).
 *
 * @throws {UnexpectedResponseError}
 */
export function checkResponse(response: RawResponse, expected: ExpectedResponse, context: CallContext): void {
  const { data } = response;
  if (!isRecord(data) || data instanceof TextBody || !fits(data, expected)) throw responseError(response, context);
}

function fits(body: Readonly<Record<string, unknown>>, { requiredField, jobId = '' }: ExpectedResponse): boolean {
  if (requiredField === undefined) return true;
  const value = body[requiredField];
  if (requiredField === 'Job') {
    return isRecord(value) && (value['Name'] === jobId || String(value['ID']).includes(jobId));
  }
  if (requiredField === 'JobID' || requiredField === 'GitVersion') return typeof value === 'string';
  return Array.isArray(value) && value.every(isRecord);
}
