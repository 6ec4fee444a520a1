import type { ObservedOperation, ObservedRequest, OperationEnd, RequestEnd } from 'bacalhau-sdk';

/** Attributes of spans and metrics. */
export type Attributes = Readonly<Record<string, string | number>>;

/** Returns what is known of an operation at its beginning. */
export const operationAttributes = ({ name, jobId, namespace }: ObservedOperation): Attributes => ({
  'bacalhau.operation': name,
  ...(jobId !== undefined && { 'bacalhau.job.id': jobId }),
  ...(namespace !== undefined && { 'bacalhau.namespace': namespace }),
});

/** Returns what is known of an operation at its end, and how often that can be told apart in metrics. */
export function endOfOperation({ name }: ObservedOperation, end: OperationEnd) {
  const { error } = end;
  const failure = error === undefined ? {} : { 'error.type': error instanceof Error ? error.name : '_OTHER' };
  const { jobId = textField(error, 'jobId'), exitCode = numberField(error, 'exitCode') } = end;
  const result: Attributes = {
    ...failure,
    ...(jobId !== undefined && { 'bacalhau.job.id': jobId }),
    ...(exitCode !== undefined && { 'bacalhau.job.exit_code': exitCode }),
  };
  const metric: Attributes = { 'bacalhau.operation': name, ...failure };
  return { result, metric, message: error instanceof Error ? error.message : undefined };
}

/** Returns the attributes that OpenTelemetry's conventions for HTTP clients want of a request, for its span and its metric. */
export function requestAttributes({ operation, attempt, requestId, method, url }: ObservedRequest) {
  const { hostname, port, protocol } = new URL(url);
  const scheme = protocol.slice(0, -1);
  const isEncrypted = scheme === 'https' || scheme === 'wss';
  const metric: Attributes = {
    'http.request.method': method,
    'server.address': hostname,
    'server.port': port === '' ? (isEncrypted ? 443 : 80) : Number(port),
    'url.scheme': scheme,
  };
  const span: Attributes = {
    ...metric,
    'url.full': url,
    ...(attempt > 1 && { 'http.request.resend_count': attempt - 1 }),
    'bacalhau.operation': operation,
    'bacalhau.request.id': requestId,
  };
  return { span, metric };
}

/** Returns how a request ended, as the conventions want it. */
export function endOfRequest({ status, errorCode }: RequestEnd): Attributes {
  if (status === undefined) return { 'error.type': errorCode ?? '_OTHER' };
  return { 'http.response.status_code': status, ...(status >= 400 && { 'error.type': String(status) }) };
}

const field = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;

function textField(value: unknown, name: string): string | undefined {
  const found = field(value, name);
  return typeof found === 'string' ? found : undefined;
}

function numberField(value: unknown, name: string): number | undefined {
  const found = field(value, name);
  return typeof found === 'number' ? found : undefined;
}
