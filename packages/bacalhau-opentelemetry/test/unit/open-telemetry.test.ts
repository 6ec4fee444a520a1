import { context, propagation, ROOT_CONTEXT, SpanKind, SpanStatusCode, TraceFlags, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { TraceState, W3CTraceContextPropagator } from '@opentelemetry/core';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { openTelemetry, traceEnv } from '../../src/index.js';

const spans = new InMemorySpanExporter();
const tracerProvider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(spans)] });

beforeAll(() => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
});
afterAll(() => {
  context.disable();
  propagation.disable();
});
afterEach(() => spans.reset());

const REQUEST = {
  ...{ operation: 'jobs.get', attempt: 2, requestId: 'r-1', method: 'GET' },
  url: 'https://example.org/api/v1/orchestrator/jobs/j-1?namespace=ours',
};

/** Observes one operation with one request, which ends as told. */
async function observed(
  instrumentation: ReturnType<typeof openTelemetry>,
  end: { readonly status: number | undefined; readonly errorCode?: string },
  error?: unknown,
): Promise<Record<string, string>> {
  const headers: Record<string, string> = {};
  const setHeader = (name: string, value: string): void => {
    headers[name] = value;
  };
  const operation = instrumentation.startOperation?.({ name: 'jobs.get', jobId: 'j-1', namespace: 'ours' });
  await operation?.run?.(async () => instrumentation.startRequest?.({ ...REQUEST, setHeader })?.end?.(end));
  operation?.end?.({ error });
  return headers;
}

const finished = (name: string) => {
  const found = spans.getFinishedSpans().find((span) => span.name === name);
  if (found === undefined) throw new Error(`No span ${name}.`);
  return found;
};

test('an operation and its request are spans of the conventions, one below the other', async () => {
  const headers = await observed(openTelemetry({ tracerProvider }), { status: 200 });
  const operation = finished('jobs.get');
  const request = finished('GET');
  expect(operation).toMatchObject({ kind: SpanKind.INTERNAL, status: { code: SpanStatusCode.UNSET } });
  expect(operation.attributes).toEqual({
    ...{ 'bacalhau.operation': 'jobs.get', 'bacalhau.job.id': 'j-1', 'bacalhau.namespace': 'ours' },
  });
  expect(request).toMatchObject({ kind: SpanKind.CLIENT, status: { code: SpanStatusCode.UNSET } });
  expect(request.parentSpanContext?.spanId).toBe(operation.spanContext().spanId);
  expect(request.attributes).toEqual({
    'http.request.method': 'GET',
    'http.request.resend_count': 1,
    'http.response.status_code': 200,
    'server.address': 'example.org',
    'server.port': 443,
    'url.scheme': 'https',
    'url.full': REQUEST.url,
    'bacalhau.operation': 'jobs.get',
    'bacalhau.request.id': 'r-1',
  });
  const { traceId, spanId } = request.spanContext();
  expect(headers).toEqual({ traceparent: `00-${traceId}-${spanId}-01` });
});

test.each([
  [{ status: 503 }, { 'error.type': '503', 'http.response.status_code': 503 }],
  [{ status: undefined, errorCode: 'ECONNREFUSED' }, { 'error.type': 'ECONNREFUSED' }],
  [{ status: undefined }, { 'error.type': '_OTHER' }],
])('a request that ends with %j has an error of low cardinality', async (end, attributes) => {
  await observed(openTelemetry({ tracerProvider }), end);
  expect(finished('GET')).toMatchObject({ attributes, status: { code: SpanStatusCode.ERROR } });
});

test('an operation that fails has the class, the message and the job of its error', async () => {
  const error = Object.assign(new TypeError('exit code 3'), { jobId: 'j-2', exitCode: 3 });
  await observed(openTelemetry({ tracerProvider }), { status: 200 }, error);
  expect(finished('jobs.get')).toMatchObject({
    attributes: { 'error.type': 'TypeError', 'bacalhau.job.id': 'j-2', 'bacalhau.job.exit_code': 3 },
    status: { code: SpanStatusCode.ERROR, message: 'exit code 3' },
  });
});

test('without requests another instrumentation makes their spans', async () => {
  const instrumentation = openTelemetry({ tracerProvider, requests: false });
  expect(await observed(instrumentation, { status: 200 })).toEqual({});
  expect(spans.getFinishedSpans().map(({ name }) => name)).toEqual(['jobs.get']);
});

test('durations are histograms in seconds, without ids', async () => {
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  // Never by itself within a test.
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 });
  const meterProvider = new MeterProvider({ readers: [reader] });
  await observed(openTelemetry({ tracerProvider, meterProvider }), { status: 503 }, new TypeError('broken'));
  await meterProvider.forceFlush();
  const metrics = exporter.getMetrics().flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((scope) => scope.metrics));
  await meterProvider.shutdown();
  expect(
    metrics.map(({ descriptor, dataPoints }) => [descriptor.name, descriptor.unit, dataPoints[0]?.attributes]),
  ).toEqual([
    ['bacalhau.client.operation.duration', 's', { 'bacalhau.operation': 'jobs.get', 'error.type': 'TypeError' }],
    [
      'http.client.request.duration',
      's',
      {
        ...{ 'http.request.method': 'GET', 'server.address': 'example.org', 'server.port': 443, 'url.scheme': 'https' },
        ...{ 'http.response.status_code': 503, 'error.type': '503' },
      },
    ],
  ]);
});

test('a provider that is registered later gets the spans and the metrics', async () => {
  const instrumentation = openTelemetry();
  trace.setGlobalTracerProvider(tracerProvider);
  await observed(instrumentation, { status: 200 });
  trace.disable();
  expect(spans.getFinishedSpans()).toHaveLength(2);
});

describe('traceEnv', () => {
  const parent = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331' };

  test('writes the active span as W3C Trace Context does', () => {
    const spanContext = { ...parent, traceFlags: TraceFlags.SAMPLED, traceState: new TraceState('vendor=1') };
    expect(context.with(trace.setSpanContext(ROOT_CONTEXT, spanContext), traceEnv)).toEqual({
      TRACEPARENT: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
      TRACESTATE: 'vendor=1',
    });
    const unsampled = { ...parent, traceFlags: TraceFlags.NONE };
    expect(context.with(trace.setSpanContext(ROOT_CONTEXT, unsampled), traceEnv)).toEqual({
      TRACEPARENT: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00',
    });
  });

  test('is empty without a span', () => {
    expect(traceEnv()).toEqual({});
  });
});
