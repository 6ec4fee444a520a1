export { type ApiPromise, type ApiResponse, apiPromise, mapped, type ResponseInfo } from './api-promise.js';
export { type ApiCall, ApiResource, itemsPage } from './api-resource.js';
export type { Apis } from './apis.js';
export { parseBody } from './body.js';
export type { CallContext } from './call-context.js';
export type { RequestSource } from './client-requests.js';
export { connect } from './connect.js';
export { connectionError, proxyFailure } from './connection-error.js';
export { Deadline } from './deadline.js';
export type { RequestEvent, ResponseEvent, RetryEvent } from './events.js';
export { abortError } from './failure.js';
export { fetchEnvironment } from './fetch-environment.js';
export { type Headers, hasAuthorization, plainHeaders } from './headers.js';
export type {
  Instrumentation,
  Observation,
  ObservedOperation,
  ObservedRequest,
  OperationEnd,
  RequestEnd,
  RunPart,
} from './instrumentation/index.js';
export type { Operation } from './operation.js';
export {
  CALL_OPTIONS,
  type CallOptions,
  type ClientOptions,
  NAMESPACED_CALL_OPTIONS,
  type NamespacedCallOptions,
} from './options.js';
export { Page, type PageParts, type PagePromise, pagesAfter, repeatedPageError } from './page.js';
export { remainingOptions } from './remaining-options.js';
export { requireServer } from './require-server.js';
export { errorClassFor, errorDetails, refusalError, responseError } from './response-error.js';
export {
  executionsProblem,
  historyProblem,
  identifierProblem,
  jobProblem,
  jobsProblem,
  nodeProblem,
  nodesProblem,
  ownNodeProblem,
  rerunProblem,
  resultsProblem,
  textProblem,
  versionsProblem,
} from './response-shapes.js';
export {
  downloadPolicy,
  historyPolicy,
  logPolicy,
  retryWhileUnreachable,
  stepPolicy,
  submissionPolicy,
  type TransientError,
  waitPolicy,
} from './retry-policy.js';
export type { FindRoute, Router } from './route.js';
export { Transport } from './transport.js';
