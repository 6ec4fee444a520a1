export { Ed25519Identity } from './ed25519-identity.js';
export { importPublicKey } from './public-key.js';
export { RsaPublicKey } from './rsa.js';
export { RsaIdentity } from './rsa-identity.js';
export type { Identity, PublicKey, SignatureAlgorithm, Signer } from './types.js';
export { concat, subtle } from './web-crypto.js';
