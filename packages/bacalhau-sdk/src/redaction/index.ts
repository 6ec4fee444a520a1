export { isSecretName, redact, redactHeaders } from './redact.js';
export { Secret } from './secret.js';
export { Secrets } from './secrets.js';
