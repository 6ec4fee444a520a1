export { signRequest } from './sign.js';
export { verifyRequest } from './verify.js';
