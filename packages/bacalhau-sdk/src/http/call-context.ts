import type { CallErrorDetails } from '../errors/index.js';
import type { Secrets } from '../redaction/index.js';

/** What is known of a call, for the errors that it may end with. */
export interface CallContext {
  readonly operation: string;
  /** Whether the call only reads. */
  readonly safe: boolean;
  /** Whether it is sent without credentials on purpose. */
  readonly anonymous?: boolean | undefined;
  /** The id, its beginning or the name of the job that the call is about. */
  readonly jobId?: string | undefined;
  readonly baseUrl: string;
  readonly requestId: string;
  /** The proxy on the way, without its credentials. */
  readonly proxyAddress?: string | undefined;
  /** The largest response that is accepted, in bytes. */
  readonly maxResponseBytes: number;
  /** How many requests were sent so far. */
  readonly attempts: number;
  readonly secrets: Secrets;
}

/** A response as errors are made of it. */
export interface RawResponse {
  readonly status: number;
  /** The decoded body. */
  readonly data: unknown;
  readonly headers: object;
}

export const isSuccess = (status: number): boolean => status >= 200 && status < 300;

/**
 * Returns whether the response is a gateway's, or the server's own, about a request whose outcome it does not know. Of the
 * statuses from 500 on, orchestrators give 500, 501 and 503; gateways give 502 to 504 and numbers of their own, such as
 * Cloudflare's 520 to 530 and Amazon's 561.
 */
export const isGatewayStatus = (status: number): boolean => status >= 502;

/** Appended to the message of an error after which the server may have done what it was asked for. */
export const UNKNOWN_OUTCOME = ' The request may still have been processed. Check before retrying.';

/** Returns the address of the server, with the proxy on the way to it. */
export const serverOf = ({ baseUrl, proxyAddress }: CallContext): string =>
  proxyAddress === undefined ? baseUrl : `${baseUrl} through the proxy ${proxyAddress}`;

export const callDetails = ({
  operation,
  attempts,
  requestId,
}: CallContext): Omit<CallErrorDetails, 'outcomeUnknown'> => ({ operation, attempts, requestId });
