export { type ApiPromise, type ApiResponse, apiPromise, mapped, type ResponseInfo } from './api-promise.js';
export { type ApiCall, ApiResource, type ApiScope, itemsPage, type ListCall } from './api-resource.js';
export type { Apis } from './apis.js';
export { BrokenConnection } from './broken-connection.js';
export { connect } from './connect.js';
export { Deadline } from './deadline.js';
export type { RequestEvent, ResponseEvent, RetryEvent } from './events.js';
export { type ExternalRequest, type ExternalResponse, fetchExternal } from './external-request.js';
export { abortError } from './failure.js';
export { type Headers, hasAuthorization } from './headers.js';
export type { Operation } from './operation.js';
export {
  CALL_OPTIONS,
  type CallOptions,
  type ClientOptions,
  NAMESPACED_CALL_OPTIONS,
  type NamespacedCallOptions,
} from './options.js';
export { Page, type PageParts, type PagePromise } from './page.js';
export { requireServer } from './require-server.js';
export { errorClassFor } from './response-error.js';
export {
  downloadPolicy,
  historyPolicy,
  logPolicy,
  retryWhileUnreachable,
  submissionPolicy,
  type TransientError,
  waitPolicy,
} from './retry-policy.js';
export { Transport } from './transport.js';
export { prepareUpgrade, type Upgrade } from './upgrade.js';
