import {
  type Context,
  context,
  type MeterProvider,
  metrics,
  propagation,
  type Span,
  SpanKind,
  SpanStatusCode,
  type TextMapSetter,
  type TracerProvider,
  trace,
} from '@opentelemetry/api';
import type { Instrumentation, Observation, ObservedOperation, ObservedRequest, RequestEnd } from 'bacalhau-sdk';
import { type Attributes, endOfOperation, endOfRequest, operationAttributes, requestAttributes } from './attributes.js';
import { createHistograms } from './histograms.js';

/** What is recorded, and where. */
export interface OpenTelemetryOptions {
  /** Where spans go. Default: the global provider. */
  readonly tracerProvider?: TracerProvider | undefined;
  /** Where metrics go. Default: the global provider. */
  readonly meterProvider?: MeterProvider | undefined;
  /**
   * Whether each HTTP request gets a span and a metric, and carries the trace context in its headers. Use `false` where
   * another instrumentation does that already, such as `@opentelemetry/instrumentation-http`. Default: true.
   */
  readonly requests?: boolean | undefined;
}

const SCOPE = 'bacalhau-opentelemetry';
const REQUEST_HEADERS: TextMapSetter<ObservedRequest> = {
  set: (request, name, value) => request.setHeader(name, value),
};

/**
 * Creates the `instrumentation` of a client: a span for each operation and each HTTP request, and their durations as metrics.
 * They contain names, ids, states, namespaces and addresses, and the messages of errors, but no secrets.
 *
 * @example
 * ```ts
 * const bacalhau = new Bacalhau({ instrumentation: openTelemetry() });
 * ```
 */
export function openTelemetry(options: OpenTelemetryOptions = {}): Instrumentation {
  const { tracerProvider = trace, meterProvider = metrics, requests = true } = options;
  const tracer = tracerProvider.getTracer(SCOPE);
  // Not before they are needed: a global provider that is registered later would get nothing.
  let created: ReturnType<typeof createHistograms> | undefined;
  const histograms = (): ReturnType<typeof createHistograms> => {
    created ??= createHistograms(meterProvider.getMeter(SCOPE));
    return created;
  };

  return {
    startOperation(operation: ObservedOperation) {
      const attributes = operationAttributes(operation);
      const span = tracer.startSpan(operation.name, { kind: SpanKind.INTERNAL, attributes });
      const started = performance.now();
      return {
        ...within(trace.setSpan(context.active(), span)),
        end(end) {
          const { result, metric, message } = endOfOperation(operation, end);
          finish(span, result, message);
          histograms().operation.record(secondsSince(started), metric);
        },
      };
    },
    ...(requests && {
      startRequest(request: ObservedRequest): Observation<RequestEnd> {
        const { span: attributes, metric: common } = requestAttributes(request);
        const span = tracer.startSpan(request.method, { kind: SpanKind.CLIENT, attributes });
        const active = trace.setSpan(context.active(), span);
        propagation.inject(active, request, REQUEST_HEADERS);
        const started = performance.now();
        return {
          ...within(active),
          end(end) {
            const result = endOfRequest(end);
            finish(span, result);
            histograms().request.record(secondsSince(started), { ...common, ...result });
          },
        };
      },
    }),
  };
}

const within = (active: Context): Required<Pick<Observation<unknown>, 'run'>> => ({
  run: (work) => context.with(active, work),
});

function finish(span: Span, result: Attributes, message?: string): void {
  span.setAttributes(result);
  if ('error.type' in result) {
    span.setStatus({ code: SpanStatusCode.ERROR, ...(message !== undefined && { message }) });
  }
  span.end();
}

const secondsSince = (started: number): number => (performance.now() - started) / 1_000;
