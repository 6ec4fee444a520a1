export { isHarmlessName } from './header-names.js';
export { excerpt, redact, redactHeaders } from './redact.js';
export { redactError } from './redact-error.js';
export { Secret } from './secret.js';
export { Secrets } from './secrets.js';
