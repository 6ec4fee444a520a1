import type { AxiosResponse, RawAxiosRequestConfig } from 'axios';
import type { Apis } from './apis.js';
import type { ExpectedResponse } from './expected-response.js';

/** One call of the API, ready to be sent as often as necessary. */
export interface Operation<T extends object> extends ExpectedResponse {
  /** The SDK's name of it, for messages: `jobs.list`. */
  readonly name: string;
  /** The SDK's name of the call, where it is made for another operation. Default: `name`. */
  readonly call?: string | undefined;
  /** Whether it only reads, so that it may be repeated. */
  readonly safe: boolean;
  /** Whether it is sent without credentials, as the calls of a login must be. Default: false. */
  readonly anonymous?: boolean;
  /** Checks the arguments and sends one request. What it throws rejects the call; argument errors are not retried. */
  readonly send: (apis: Apis, request: RawAxiosRequestConfig) => Promise<AxiosResponse<T>>;
}
