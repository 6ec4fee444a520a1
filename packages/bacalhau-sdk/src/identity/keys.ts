export { Ed25519Key } from './ed25519-key.js';
export { loadEd25519, loadRsa, makeKeyFile } from './key-files.js';
export { readPublicKey } from './read-public-key.js';
export { RsaKey } from './rsa-key.js';
