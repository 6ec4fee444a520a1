export { connectionError } from './connection-error.js';
export { fetchExternal } from './external-request.js';
export { loginContext } from './login-context.js';
export { sendObserved } from './observe.js';
export { signatureHeaders } from './request-signature.js';
export { responseError } from './response-error.js';
export { prepareUpgrade } from './upgrade.js';
