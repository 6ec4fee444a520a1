import { load } from '../../util/index.js';

export type { ReportedRequest, RequestReport } from './request-report.js';
export type {
  DescribeOutcome,
  Instrumentation,
  Observation,
  ObservedOperation,
  ObservedRequest,
  OperationEnd,
  RequestEnd,
  RunPart,
} from './types.js';

/** Loads what calls an application's instrumentation and hooks: most have none. */
export const loadInstrumentation = () => load(import('./instrumentation.js'));
