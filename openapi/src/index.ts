export {
  type ConformanceChecker,
  createConformanceChecker,
  DOCUMENT_FILE,
  type Exchange,
  LEGACY_DOCUMENT_FILE,
  type Violation,
} from './checker.ts';
export { type ConformanceProxy, type ConformanceProxyOptions, startConformanceProxy } from './proxy.ts';
