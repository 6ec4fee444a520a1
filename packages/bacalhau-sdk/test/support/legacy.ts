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
  type Violation,
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
    const violations = proxy?.violations().filter((found) => options.signedApi !== true || !isOfSignedApi(found));
    const calls = proxy?.operations().size;
    await proxy?.stop();
    await devnet?.stop();
    // A server that has no such API says so in words of its own.
    if (options.server === undefined || options.signedApi === true) expect(violations).toEqual([]);
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
      const isCurrent = /^\/api\/v1\/(agent|auth)(\/|$)/.test(exchange.path);
      const violations = isCurrent ? current.check(exchange) : legacy.check(labelled(exchange));
      return violations.filter(({ part, status }) => part === 'response' || status === undefined);
    },
  };
}

/**
 * What the signed API of 1.4.0 has otherwise than the document, which describes servers up to 1.3: the model of 1.4 shows
 * in its jobs and executions, and it wraps what it refuses.
 */
const OF_SIGNED_API: readonly RegExp[] = [
  /\/Spec\/EngineSpec: is not in the document$/,
  /\/Spec\/Engine: must be equal to one of the allowed values$/,
  /\/Wasm\/EntryModule\/Path: is not in the document$/,
  /\/Wasm\/EntryModule\/StorageSource: must be equal to one of the allowed values$/,
  /\/Executions\/\d+: must have required property 'VerificationResult'$/,
  /\/Executions\/\d+\/DesiredState: is not in the document$/,
  // A job beside its state is no longer like either of the two shapes.
  /^list 200 \/jobs\/\d+: must /,
  /^list 200 \/jobs\/\d+\/(Job|State): is not in the document$/,
  /^(states|events) 500 : must have required property '(Code|Message)'$/,
  /^(states|events) 500 \/(error|message): is not in the document$/,
  /^results 500 : must be object$/,
  /^cancel 404 : the content type application\/json is not in the document$/,
];

const isOfSignedApi = ({ operation, status, pointer, message }: Violation): boolean =>
  OF_SIGNED_API.some((known) => known.test(`${operation} ${status} ${pointer}: ${message}`));

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
