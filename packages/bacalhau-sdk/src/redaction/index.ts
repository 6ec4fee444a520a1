export { redact, redactAll } from './redact.js';
export { Secret } from './secret.js';
export { Secrets } from './secrets.js';
