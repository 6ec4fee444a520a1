/** The HTTP side of an answer. */
export interface ResponseInfo {
  /** The HTTP status, 200 to 299. */
  readonly status: number;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  /** The `X-Request-Id` of the call: the server's log has it too. */
  readonly requestId: string;
  /** For example `v1.9.3`. */
  readonly serverVersion: string | undefined;
  /** How many requests were sent, the first one included. */
  readonly attempts: number;
}

/** An answer and its HTTP side. */
export interface ApiResponse<T> {
  /** The answer itself. */
  readonly data: T;
  /** Its HTTP side. */
  readonly response: ResponseInfo;
}

/** A promise of the answer, which also gives the HTTP side of it to those who ask. */
export interface ApiPromise<T> extends Promise<T> {
  /**
   * The answer with status, headers, request id and server version.
   *
   * @example
   * ```ts
   * const { data, response } = await jobs.get(id).withResponse();
   * console.log(response.serverVersion, data.Job?.State?.StateType);
   * ```
   */
  withResponse(): Promise<ApiResponse<T>>;
}

export function apiPromise<T>(reply: Promise<ApiResponse<T>>): ApiPromise<T> {
  const promise = reply.then(({ data }) => data);
  return Object.assign(promise, {
    withResponse(): Promise<ApiResponse<T>> {
      // The caller hears of a failure through the reply, so it must not count as unhandled here.
      promise.catch(() => undefined);
      return reply;
    },
  });
}

/** The same call, with something else made of its answer. */
export const mapped = <T, R>(call: ApiPromise<T>, to: (answer: T) => R): ApiPromise<R> =>
  apiPromise(call.withResponse().then(({ data, response }) => ({ data: to(data), response })));
