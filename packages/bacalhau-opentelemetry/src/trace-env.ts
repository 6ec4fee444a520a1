import { context, isSpanContextValid, trace } from '@opentelemetry/api';

/**
 * Returns the active span as environment variables of a job, `TRACEPARENT` and, if there is one, `TRACESTATE`, as W3C Trace
 * Context writes them: a program that reads them continues the trace. Returns none if no span is active.
 *
 * The variables are part of the job's specification, so a job that has them differs at each call: `submit` with a `name` of
 * your own finds another job under that name, and `map` with a `name` resumes nothing.
 *
 * @example
 * ```ts
 * await bacalhau.jobs.run(docker({ image: 'worker', env: traceEnv() }));
 * ```
 */
export function traceEnv(): Record<string, string> {
  const span = trace.getSpanContext(context.active());
  if (span === undefined || !isSpanContextValid(span)) return {};
  const flags = (span.traceFlags & 0xff).toString(16).padStart(2, '0');
  const state = span.traceState?.serialize() ?? '';
  return {
    TRACEPARENT: `00-${span.traceId}-${span.spanId}-${flags}`,
    ...(state !== '' && { TRACESTATE: state }),
  };
}
