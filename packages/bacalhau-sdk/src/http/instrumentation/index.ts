import { load } from '../../util/index.js';

export type { ReportedRequest, RequestReport } from './request-report.js';
export type {
  Instrumentation,
  Observation,
  ObservedOperation,
  ObservedRequest,
  OperationEnd,
  RequestEnd,
} from './types.js';

/** Runs a part of an operation as its observer wants it to be run. */
export type RunPart = <T>(work: () => Promise<T>) => Promise<T>;

/** Loads what calls an application's instrumentation and hooks: most have none. */
export const loadInstrumentation = () => load(import('./instrumentation.js'));
