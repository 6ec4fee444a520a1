export { Ed25519Identity } from './ed25519.js';
export { importPublicKey } from './public-key.js';
export { RsaIdentity, RsaPublicKey } from './rsa.js';
export type { Identity, PublicKey, SignatureAlgorithm, Signer } from './types.js';
export { concat, subtle } from './web-crypto.js';
