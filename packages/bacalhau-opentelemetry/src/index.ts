/**
 * OpenTelemetry spans and metrics of bacalhau-sdk.
 *
 * @module bacalhau-opentelemetry
 */

export { type OpenTelemetryOptions, openTelemetry } from './open-telemetry.js';
export { traceEnv } from './trace-env.js';
