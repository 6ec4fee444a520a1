import { createHash } from 'node:crypto';
import { hashOf } from '../../src/spec/fingerprint.js';

const text = 'héllo ✓';
const hash = createHash('sha256').update(text).digest('hex');

test('fingerprint: a page without Web Crypto (not loaded over https) computes the same hash', async () => {
  expect(await hashOf(text)).toBe(hash);
  Object.defineProperty(globalThis.crypto, 'subtle', { value: undefined, configurable: true });
  try {
    expect(globalThis.crypto.subtle).toBeUndefined();
    expect(await hashOf(text)).toBe(hash);
  } finally {
    Reflect.deleteProperty(globalThis.crypto, 'subtle');
  }
});
