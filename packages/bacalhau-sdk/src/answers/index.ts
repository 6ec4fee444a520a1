export { type ApiPromise, apiPromise, mapped, type Reply, type ResponseInfo } from './api-promise.js';
export { Page, type PageParts, type PagePromise, pagePromise } from './page.js';
