import axios, { type AxiosAdapter, type AxiosResponse, type InternalAxiosRequestConfig } from 'axios';
import type { CallContext } from '../call-context.js';
import type { HooksParts } from '../hooks-parts.js';
import { type ReportedRequest, RequestReport } from './request-report.js';

export { observe, observeLoop } from './operations.js';

/** Reports the beginning of a request; returns what reports its end. */
export const reportRequest = (parts: HooksParts, request: ReportedRequest): RequestReport =>
  new RequestReport(parts, request);

/** Sends a request of axios and reports it. */
export async function sendReported(
  parts: HooksParts,
  { operation, attempts: attempt, requestId, secrets }: CallContext,
  config: InternalAxiosRequestConfig,
  adapter: AxiosAdapter,
): Promise<AxiosResponse> {
  const { method = 'get', url = '', headers } = config;
  const report = new RequestReport(parts, {
    ...{ operation, attempt, requestId, method: method.toUpperCase(), url, secrets },
    headers: () => headers,
    addHeader: (name, value) => headers.set(name, value, false),
  });
  try {
    const response = await report.run(() => adapter(config));
    report.end({ status: response.status, headers: response.headers });
    return response;
  } catch (error) {
    const { response, code } = axios.isAxiosError(error) ? error : {};
    const { status, headers: received } = response ?? { status: undefined, headers: undefined };
    report.end({ status, headers: received, ...(status === undefined && { errorCode: code }) });
    throw error;
  }
}
