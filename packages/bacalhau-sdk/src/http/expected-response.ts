import { isRecord } from '../util/index.js';
import { TextBody } from './body.js';
import type { CallContext, RawResponse } from './call-context.js';
import { responseError } from './response-error.js';

/** The body of a response: a JSON object. */
export type ResponseBody = Readonly<Record<string, unknown>>;

/** What is expected of a response, apart from being a JSON object. */
export interface ExpectedResponse {
  /** The id, its beginning or the name of the job that the call is about. */
  readonly jobId?: string;
  /** Returns what is wrong with the body: a type that does not fit, or that it is about something else. */
  readonly problem?: (body: ResponseBody) => string | undefined;
}

/**
 * Checks a response with a 2xx status: its body must be a JSON object, have the types that the API promises, and be about
 * what was asked for, because servers mix up their responses (docs/requests-in-flight.md).
 *
 * @throws {UnexpectedResponseError}
 */
export function checkResponse(response: RawResponse, { problem }: ExpectedResponse, context: CallContext): void {
  const { data } = response;
  if (!isRecord(data) || data instanceof TextBody) throw responseError(response, context);
  const found = problem?.(data);
  if (found !== undefined) throw responseError(response, context, found);
}
