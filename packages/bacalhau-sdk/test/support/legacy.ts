import { createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { type Devnet, type DevnetOptions, startDevnet } from 'bacalhau-devnet';
import { createConformanceChecker, LEGACY_DOCUMENT_FILE } from 'bacalhau-openapi';
import { LegacyJobs } from '../../src/legacy/legacy-jobs.js';
import type { LegacyOptions } from '../../src/legacy/options.js';
import type { PayloadSigner } from '../../src/legacy/signer.js';
import { keyDirectory } from './key-directory.js';

/** Enough for a build of the server on a machine that has never built it. */
const START_TIMEOUT_MS = 20 * 60_000;

/** A legacy network for the tests of a `describe`, and clients of it. */
export function legacyNetwork(options: DevnetOptions): {
  readonly url: () => string;
  readonly nodeIds: () => readonly string[];
  /** Each with a key of its own, unless a directory is named. */
  readonly client: (options?: LegacyOptions) => LegacyJobs;
} {
  let devnet: Devnet | undefined;
  const clients: LegacyJobs[] = [];
  const directory = keyDirectory();
  beforeAll(async () => {
    devnet = await startDevnet({ server: '0.3.16', ...options });
  }, START_TIMEOUT_MS);
  afterAll(async () => {
    for (const client of clients) await client.close();
    await devnet?.stop();
  });
  const running = (): Devnet => {
    if (devnet === undefined) throw new Error('The legacy network has not been started.');
    return devnet;
  };
  return {
    url: () => running().url,
    nodeIds: () => running().nodes.map(({ id }) => id),
    client(more = {}) {
      const dir = mkdtempSync(join(directory, 'client-'));
      const client = new LegacyJobs({ baseUrl: running().url, env: {}, dir, ...more });
      clients.push(client);
      return client;
    },
  };
}

const checker = createConformanceChecker(LEGACY_DOCUMENT_FILE);

/** Holds an answer against the document. Servers label JSON as text, which is said there in words. */
export function expectDescribed(path: string, answer: unknown): void {
  const headers = { 'content-type': 'application/json' };
  expect(checker.check({ method: 'POST', path, status: 200, headers, body: JSON.stringify(answer) })).toEqual([]);
}

/** A key pair of its own, with what a signer says of it. */
export function newKey(): { readonly key: KeyObject; readonly publicKey: string } {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const der = createPublicKey(privateKey).export({ type: 'pkcs1', format: 'der' });
  return { key: privateKey, publicKey: der.toString('base64') };
}

/** A signer of parts that need not fit each other. */
export const signerOf = (parts: { clientId: string; publicKey: string; key: KeyObject }): PayloadSigner => ({
  clientId: parts.clientId,
  publicKey: parts.publicKey,
  sign: async (bytes) => sign('sha256', bytes, parts.key),
});
