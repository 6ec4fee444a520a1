export { Ed25519Key } from './ed25519-key.js';
export { ensureKeyFile, loadEd25519, loadRsa } from './key-files.js';
export { readPublicKey } from './read-public-key.js';
export { RsaKey } from './rsa-key.js';
