export { SignatureError, type SignatureProblem } from './errors.js';
export { signing, signRequest, verifyRequest } from './late.js';
export type { HeadersLike, RequestParts } from './message.js';
export { MemoryReplayCache, type ReplayCache } from './replay-cache.js';
export type { SignedRequest, VerifiedRequest, VerifyOptions } from './verify.js';
