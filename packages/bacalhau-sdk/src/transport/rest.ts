export { sendAnnounced } from './announce.js';
export { answerError } from './answer-error.js';
export { connectionError } from './connection-error.js';
export { loginContext } from './login.js';
export { openOutside } from './outside.js';
export { signatureOf } from './signature.js';
export { prepareUpgrade } from './upgrade.js';
