import { createHash, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { type Devnet, type DevnetOptions, startDevnet } from 'bacalhau-devnet';
import {
  type ConformanceChecker,
  type ConformanceProxy,
  createConformanceChecker,
  type Exchange,
  LEGACY_DOCUMENT_FILE,
  startConformanceProxy,
} from 'bacalhau-openapi';
import { LegacyJobs } from '../../src/legacy/legacy-jobs.js';
import type { LegacyOptions } from '../../src/legacy/options.js';
import type { PayloadSigner } from '../../src/legacy/signer.js';
import { keyDirectory } from './key-directory.js';

/** Enough for a build of the server on a machine that has never built it. */
const START_TIMEOUT_MS = 20 * 60_000;

/** A legacy network for the tests of a `describe`, seen through the proxy that checks every answer, and clients of it. */
export function legacyNetwork(options: DevnetOptions): {
  readonly url: () => string;
  readonly nodeIds: () => readonly string[];
  /** Each with a key of its own, unless a directory is named. */
  readonly client: (options?: LegacyOptions) => LegacyJobs;
} {
  let devnet: Devnet | undefined;
  let proxy: ConformanceProxy | undefined;
  const clients: LegacyJobs[] = [];
  const directory = keyDirectory();
  beforeAll(async () => {
    devnet = await startDevnet({ server: '0.3.16', ...options });
    proxy = await startConformanceProxy({ target: devnet.url, checker: answerChecker() });
  }, START_TIMEOUT_MS);
  afterAll(async () => {
    for (const client of clients) await client.close();
    const violations = proxy?.violations();
    const calls = proxy?.operations().size;
    await proxy?.stop();
    await devnet?.stop();
    expect(violations).toEqual([]);
    expect(calls).toBeGreaterThan(0);
  });
  const running = () => {
    if (devnet === undefined || proxy === undefined) throw new Error('The legacy network has not been started.');
    return { devnet, proxy };
  };
  return {
    url: () => running().proxy.url,
    nodeIds: () => running().devnet.nodes.map(({ id }) => id),
    client(more = {}) {
      const dir = mkdtempSync(join(directory, 'client-'));
      const client = new LegacyJobs({ baseUrl: running().proxy.url, env: {}, dir, ...more });
      clients.push(client);
      return client;
    },
  };
}

/**
 * Holds answers against the document of the legacy API, and those about the version, which newer servers have elsewhere,
 * against that of today's. Requests may be wrong on purpose, and may spell the values of enumerations in any case.
 */
function answerChecker(): ConformanceChecker {
  const legacy = createConformanceChecker(LEGACY_DOCUMENT_FILE);
  const current = createConformanceChecker();
  return {
    ...legacy,
    check(exchange) {
      const violations = exchange.method === 'POST' ? legacy.check(labelled(exchange)) : current.check(exchange);
      return violations.filter(({ part, status }) => part === 'response' || status === undefined);
    },
  };
}

/** Labels JSON as such: servers call it text. */
function labelled(exchange: Exchange): Exchange {
  const { headers, body } = exchange;
  if (!headers['content-type']?.startsWith('text/plain') || !body.startsWith('{')) return exchange;
  return { ...exchange, headers: { ...headers, 'content-type': 'application/json' } };
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

/** The client id that servers expect with a key. */
export function clientIdOf(key: KeyObject): string {
  const { n = '' } = key.export({ format: 'jwk' });
  return createHash('sha256').update(Buffer.from(n, 'base64url')).digest('hex');
}
