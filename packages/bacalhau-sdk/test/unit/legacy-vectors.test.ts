import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { IdentityStore } from '../../src/identity/identity-store.js';
import { dialectOf, releaseOf } from '../../src/legacy/dialects.js';
import { sealPayload } from '../../src/legacy/envelope.js';
import type { LegacyJob } from '../../src/legacy/options.js';
import { cancelPayload, submitPayload } from '../../src/legacy/payload.js';
import { keyFileSigner } from '../../src/legacy/signer.js';
import { verifiesLocally } from '../../src/legacy/verify.js';
import { keyFiles } from '../../src/platform/node/key-files.js';

// The key was made for these tests; servers 0.3.16 and 0.3.29 took their vectors, 0.3.13's own code verified the third.
const data = join(__dirname, '..', 'legacy', 'data');
const { clientId, publicKey, vectors } = JSON.parse(readFileSync(join(data, 'vectors.json'), 'utf8'));
// Git keeps no modes, so the file is one that others can read.
const signer = keyFileSigner(new IdentityStore({ dir: data, keyFiles, logger: console, allowReadableKeyFile: true }));

const shared = {
  Timeout: 1800,
  outputs: [{ StorageSource: 'IPFS', Name: 'outputs', path: '/outputs' }],
};
const sharding = { BatchSize: 1, GlobPatternBasePath: '/inputs' };
const command = ['sh', '-c', 'date && echo "<a&b>" && echo hi > /outputs/x'];

const JOBS: Readonly<Record<string, LegacyJob>> = {
  'v0.3.13': {
    Spec: {
      ...shared,
      Engine: 'Docker',
      Verifier: 'Noop',
      Publisher: 'Estuary',
      Docker: { Image: 'ubuntu', Entrypoint: ['date'] },
      Sharding: sharding,
    },
    Deal: { Concurrency: 1 },
  },
  'v0.3.16': {
    // In another order and spelling: the server writes it down its own way.
    Deal: { Concurrency: 1, Confidence: 0 },
    Spec: {
      Sharding: sharding,
      ...shared,
      Publisher: 'ipfs',
      Verifier: 'NOOP',
      Engine: 'docker',
      Docker: { Entrypoint: command, Image: 'ubuntu:latest', WorkingDirectory: '' },
    },
  },
  'v0.3.29': {
    APIVersion: 'V1beta1',
    Spec: {
      Engine: 'Docker',
      Verifier: 'Noop',
      PublisherSpec: { Type: 'Ipfs' },
      Docker: { Image: 'ubuntu:latest', Entrypoint: command },
      ...shared,
      Deal: { Concurrency: 1 },
    },
  },
};

const dialect = (version: string) => {
  const release = releaseOf(version);
  if (release === undefined) throw new Error(`${version} is no version`);
  return dialectOf(release, 'submit');
};

test('the client id and the public key are those of the key file', async () => {
  expect(await signer).toMatchObject({ clientId, publicKey });
});

test.each<{ serverVersion: string; payload: string; signature: string }>(vectors)(
  'the payload, the signature and the body for $serverVersion are those of the vector',
  async ({ serverVersion, payload, signature }) => {
    const spoken = dialect(serverVersion);
    const job = JOBS[serverVersion];
    if (job === undefined) throw new Error('no job');
    expect(submitPayload(spoken, { clientId, job, context: undefined })).toBe(payload);
    const sealed = await sealPayload(spoken.submitField, payload, await signer);
    expect(sealed.text).toBe(
      `{"${spoken.submitField}":${payload},"signature":"${signature}","client_public_key":"${publicKey}"}`,
    );
    expect(await verifiesLocally(sealed)).toBe(true);
  },
);

test('a dialect is that of the newest version that is not newer than the server', () => {
  const spoken = ['v0.3.12', '0.3.16', 'v0.3.17', 'v0.3.19', 'v0.3.20', 'v0.3.23', 'v0.3.25', 'v0.3.29', 'v1.3.2'].map(
    dialect,
  );
  expect(
    spoken.map(({ since, path, submitField, cancelField, localEvents }) => [
      since,
      path,
      submitField,
      cancelField,
      localEvents,
    ]),
  ).toEqual([
    ['0.3.12', '', 'data', undefined, true],
    ['0.3.14', '', 'job_create_payload', undefined, true],
    ['0.3.17', '/requester', 'job_create_payload', undefined, true],
    ['0.3.18', '/requester', 'job_create_payload', undefined, true],
    ['0.3.20', '/requester', 'job_create_payload', undefined, false],
    ['0.3.21', '/requester', 'job_create_payload', 'job_cancel_payload', false],
    ['0.3.24', '/requester', 'job_create_payload', 'payload', false],
    ['0.3.26', '/requester', 'payload', 'payload', false],
    ['1.0.0', '/api/v1/requester', 'payload', 'payload', false],
  ]);
});

test('0.3.17 encodes its new fields even if they are not set', () => {
  const job = { Spec: { Engine: 'Noop', NodeSelectors: [{ Key: 'gpu', Operator: 'exists' }] } };
  expect(submitPayload(dialect('v0.3.17'), { clientId: 'c', job, context: undefined })).toBe(
    '{"ClientID":"c","APIVersion":"V1beta1","Spec":{"Engine":"Noop","Docker":{},"Language":{"JobContext":{}},' +
      '"Wasm":{"EntryModule":{}},"Resources":{"GPU":""},"Network":{"Type":"None"},' +
      '"NodeSelectors":[{"Key":"gpu","Operator":"exists"}],"Sharding":{},"ExecutionPlan":{},"Deal":{"Concurrency":1}}}',
  );
});

test('newer servers get the publisher as PublisherSpec', () => {
  const job = { Spec: { Engine: 'Noop', Publisher: 'Ipfs' } };
  expect(JSON.parse(submitPayload(dialect('v1.2.0'), { clientId: 'c', job, context: undefined }))).toEqual({
    ClientID: 'c',
    APIVersion: 'V1beta2',
    Spec: { Engine: 'Noop', PublisherSpec: { Type: 'Ipfs' }, Deal: { Concurrency: 1 } },
  });
  expect(cancelPayload('c', 'j', undefined)).toBe('{"ClientID":"c","JobID":"j"}');
});
