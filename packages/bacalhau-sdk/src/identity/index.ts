export { concat, subtle } from './bytes.js';
export { Ed25519Identity } from './ed25519.js';
export { fromBase64 } from './from-base64.js';
export { IdentityStore, type KeyType } from './identity-store.js';
export { importPublicKey } from './late.js';
export { RsaIdentity } from './rsa.js';
export { base64, hex, utf8 } from './text.js';
export type { Identity, PublicKey, SignatureAlgorithm, Signer } from './types.js';
