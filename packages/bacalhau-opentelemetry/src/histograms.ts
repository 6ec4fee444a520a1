import type { Histogram, Meter } from '@opentelemetry/api';

/** The bounds of OpenTelemetry's conventions for HTTP, in seconds. */
const REQUEST_BOUNDS = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];
/** Jobs take longer. */
const OPERATION_BOUNDS = [...REQUEST_BOUNDS, 30, 60, 300, 900, 3_600];

/** Creates the histograms of durations, in seconds. */
export const createHistograms = (meter: Meter): Record<'operation' | 'request', Histogram> => ({
  operation: meter.createHistogram('bacalhau.client.operation.duration', {
    description: 'Duration of operations of the Bacalhau client.',
    unit: 's',
    advice: { explicitBucketBoundaries: OPERATION_BOUNDS },
  }),
  request: meter.createHistogram('http.client.request.duration', {
    description: 'Duration of HTTP client requests.',
    unit: 's',
    advice: { explicitBucketBoundaries: REQUEST_BOUNDS },
  }),
});
