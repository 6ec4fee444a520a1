export { SignatureError, type SignatureProblem } from './errors.js';
export type { HeadersLike, RequestParts } from './message.js';
export { MemoryReplayCache, type ReplayCache } from './replay-cache.js';
export { signRequest } from './sign.js';
export { type SignedRequest, type VerifiedRequest, type VerifyOptions, verifyRequest } from './verify.js';
