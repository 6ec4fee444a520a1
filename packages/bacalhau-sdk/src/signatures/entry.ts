/**
 * Sign requests, and verify the signatures of requests in a gateway (RFC 9421).
 *
 * @module bacalhau-sdk/signatures
 */

export { BacalhauError, type ErrorCause } from '../errors/index.js';
export { importPublicKey, type PublicKey, type SignatureAlgorithm, type Signer } from '../keys/index.js';
export type { BodySource, RequestBody } from './body.js';
export { SignatureError, type SignatureProblem } from './errors.js';
export type { HeadersLike, RequestParts } from './message.js';
export { MemoryReplayCache, type MemoryReplayCacheOptions, type ReplayCache } from './replay-cache.js';
export { type RequestToSign, signRequest } from './sign-request.js';
export { type SignedRequest, type VerifiedRequest, type VerifyOptions, verifyRequest } from './verify-request.js';
