export { trustedAuthorities } from './authority.js';
export { readFileSettings } from './files.js';
export { proxyFor } from './proxy.js';
