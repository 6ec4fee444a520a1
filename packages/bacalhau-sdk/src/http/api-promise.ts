/** The HTTP details of a response. */
export interface ResponseInfo {
  /** The HTTP status, 200 to 299. */
  readonly status: number;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  /** The `X-Request-Id` of the call: the server logs it too. */
  readonly requestId: string;
  /** For example `v1.9.3`. */
  readonly serverVersion: string | undefined;
  /** How many requests were sent, the first one included. */
  readonly attempts: number;
}

/** The data of a response, with its HTTP details. */
export interface ApiResponse<T> {
  /** The decoded body. */
  readonly data: T;
  /** Status, headers, request id and server version. */
  readonly response: ResponseInfo;
}

/** A promise of the response's data, which can also provide its HTTP details. */
export interface ApiPromise<T> extends Promise<T> {
  /**
   * Returns the data with status, headers, request id and server version.
   *
   * @example
   * ```ts
   * const { data, response } = await jobs.get(id).withResponse();
   * console.log(response.serverVersion, data.Job?.State?.StateType);
   * ```
   */
  withResponse(): Promise<ApiResponse<T>>;
}

export function apiPromise<T>(response: Promise<ApiResponse<T>>): ApiPromise<T> {
  const promise = response.then(({ data }) => data);
  return Object.assign(promise, {
    withResponse(): Promise<ApiResponse<T>> {
      // The response rejects, too, so this rejection must not count as unhandled.
      promise.catch(() => undefined);
      return response;
    },
  });
}

/** Returns a call whose data is converted. */
export const mapped = <T, R>(call: ApiPromise<T>, convert: (data: T) => R): ApiPromise<R> =>
  apiPromise(call.withResponse().then(({ data, response }) => ({ data: convert(data), response })));
