import { createPublicKey, verify } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { ConflictError } from '../../src/errors/api-errors.js';
import { ConfigurationError, UnsupportedByServerError } from '../../src/errors/client-errors.js';
import { LegacyJobError, LegacySignatureError } from '../../src/legacy/errors.js';
import { LegacyJobs } from '../../src/legacy/legacy-jobs.js';
import type { LegacyOptions } from '../../src/legacy/options.js';
import { runsOf } from '../../src/legacy/runs.js';
import { faultServer, json, text } from '../support/fault-server.js';
import { keyDirectory } from '../support/key-directory.js';
import { legacyNetwork } from '../support/legacy.js';

const SPEC = { Engine: 'Docker', Verifier: 'Noop', Publisher: 'Ipfs', Docker: { Image: 'ubuntu <&>' } };
const dir = keyDirectory();
const client = (options: LegacyOptions): LegacyJobs => new LegacyJobs({ env: {}, dir, ...options });

const version = (response: ServerResponse, gitversion: string): void =>
  json(response, 200, { build_version_info: { gitversion } });

describe('a server of today', () => {
  const network = legacyNetwork({ server: 'pinned', computeNodes: 0 });

  test('has none of the calls, and each error names the one that does the same', async () => {
    const asked = network.client();
    const told = network.client({ serverVersion: 'v1.3.0' });
    for (const jobs of [asked, told]) {
      const calls = [
        [() => jobs.submit({ Spec: SPEC }), 'jobs.put'],
        [() => jobs.list(), 'jobs.list'],
        [() => jobs.states('j'), 'jobs.get'],
        [() => jobs.results('j'), 'jobs.results'],
        [() => jobs.events('j'), 'jobs.history'],
        [() => jobs.cancel('j'), 'jobs.stop'],
        [() => jobs.localEvents('j'), 'jobs.history'],
        [() => jobs.wait('j'), 'jobs.get'],
      ] as const;
      for (const [call, modern] of calls) {
        const failure = await call().then(
          () => undefined,
          (error: unknown) => error,
        );
        expect(failure).toBeInstanceOf(UnsupportedByServerError);
        expect(failure).toMatchObject({ message: expect.stringContaining(`${modern} of`) });
      }
    }
  }, 60_000);
});

describe('servers that verify the bytes that were sent', () => {
  test.each([
    ['v0.3.18', '/requester/submit', 'job_create_payload'],
    ['v0.3.29', '/requester/submit', 'payload'],
    ['v1.2.1', '/api/v1/requester/submit', 'payload'],
  ])('%s gets them signed, at %s in %s', async (serverVersion, path, field) => {
    await using server = await faultServer((response) => json(response, 200, { job: { APIVersion: '', Spec: {} } }));
    await using jobs = client({ baseUrl: server.url, serverVersion });
    await jobs.submit({ Spec: SPEC });
    const [sent] = server.seen;
    expect(sent).toMatchObject({ method: 'POST', url: path });
    const [, payload = '', signature = '', key = ''] =
      new RegExp(`^\\{"${field}":(.*),"signature":"(.*)","client_public_key":"(.*)"\\}$`).exec(sent?.body ?? '') ?? [];
    const publicKey = createPublicKey({ key: Buffer.from(key, 'base64'), type: 'pkcs1', format: 'der' });
    expect(verify('sha256', Buffer.from(payload), publicKey, Buffer.from(signature, 'base64'))).toBe(true);
    expect(JSON.parse(payload)).toMatchObject({ Spec: { Docker: { Image: 'ubuntu <&>' } } });
  });

  test('cancel is signed alike', async () => {
    await using server = await faultServer((response) => json(response, 200, { state: { State: 'Cancelled' } }));
    await using older = client({ baseUrl: server.url, serverVersion: '0.3.22' });
    await using newer = client({ baseUrl: server.url, serverVersion: '0.3.24' });
    expect(await older.cancel('j-1', 'enough')).toEqual({ state: { State: 'Cancelled' } });
    await newer.cancel('j-1');
    expect(server.seen.map(({ url, body }) => [url, Object.keys(JSON.parse(body))[0]])).toEqual([
      ['/requester/cancel', 'job_cancel_payload'],
      ['/requester/cancel', 'payload'],
    ]);
    expect(JSON.parse(server.seen[0]?.body ?? '').job_cancel_payload).toMatchObject({ JobID: 'j-1', Reason: 'enough' });
  });

  test('their refusals of a signature are understood', async () => {
    const Message = 'error verifying request signature: crypto/rsa: verification error';
    await using server = await faultServer((response) => json(response, 400, { Code: 'x', Message, Details: {} }));
    await using jobs = client({ baseUrl: server.url, serverVersion: 'v0.3.29' });
    const failure = await jobs.submit({ Spec: SPEC }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(LegacySignatureError);
    expect(failure).toMatchObject({ problem: 'payload', status: 400, operation: 'legacy.submit' });
  });

  test('cancelling an ended job is a conflict', async () => {
    const Message = 'job j is already in a terminal state';
    await using server = await faultServer((response) =>
      json(response, 500, { Code: 'x', Message, Details: {}, Err: Message }),
    );
    await using jobs = client({ baseUrl: server.url, serverVersion: 'v0.3.29' });
    await expect(jobs.cancel('j')).rejects.toThrow(ConflictError);
  });

  test('local events are gone since 0.3.20', async () => {
    await using jobs = client({ serverVersion: 'v0.3.20' });
    await expect(jobs.localEvents('j')).rejects.toThrow(/from 0\.3\.20 on have no local events.*jobs\.history/);
  });

  test('waiting reads their states, and the cause from their histories', async () => {
    const execution = { JobID: 'j', NodeId: 'n', VerificationResult: {}, PublishedResults: {} };
    await using server = await faultServer((response, number) => {
      if (number === 1) json(response, 200, { state: { State: 'InProgress', Executions: null } });
      else if (number === 2)
        json(response, 200, { state: { State: 'Error', Executions: [{ ...execution, State: 'Failed' }] } });
      else {
        const failed = {
          Type: 'ExecutionLevel',
          JobID: 'j',
          NodeID: 'n',
          ExecutionState: { New: 'Failed' },
          Comment: 'no such image',
          Time: '',
        };
        json(response, 200, { events: [failed] });
      }
    });
    await using jobs = client({ baseUrl: server.url, serverVersion: 'v0.3.29' });
    const failure = await jobs.wait('j').catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(LegacyJobError);
    expect(failure).toMatchObject({
      jobId: 'j',
      outcome: 'failed',
      message: 'Job j failed: no such image',
      causes: [{ nodeId: 'n', message: 'no such image' }],
      runs: [{ nodeId: 'n', state: 'Failed', output: undefined }],
    });
  });
});

describe('the question for the version', () => {
  test('is asked once, and again after a failure', async () => {
    await using server = await faultServer((response, number) => {
      if (number === 1) text(response, 500, 'not yet\n');
      else if (number === 2) version(response, 'v0.3.16');
      else json(response, 200, { state: {} });
    });
    await using jobs = client({ baseUrl: server.url });
    await expect(jobs.states('j')).rejects.toThrow(/not yet/);
    await jobs.states('j');
    await jobs.states('j');
    expect(server.seen.map(({ url }) => url)).toEqual(['/version', '/version', '/states', '/states']);
  });

  test('has no answer from a server without a version, and one that is too old is refused', async () => {
    await using server = await faultServer((response, number) =>
      version(response, number === 1 ? 'v0.0.0-xxxxxxx' : 'v0.2.3'),
    );
    await using jobs = client({ baseUrl: server.url });
    await expect(jobs.list()).rejects.toThrow(ConfigurationError);
    await expect(jobs.list()).rejects.toThrow(/is 0\.2\.3, and servers from 0\.3\.12 on/);
    expect(() => client({ serverVersion: 'newest' })).toThrow(/serverVersion is "newest"/);
    expect(() => client({ serverVerison: 'v0.3.16' } as object)).toThrow(
      /"serverVerison"\. Did you mean serverVersion\?/,
    );
    expect(() => client({ payloadSigner: 'hunter2' as never })).toThrow(/payloadSigner must be a signer/);
  });

  test('counts for the deadline of the call', async () => {
    await using server = await faultServer((response, number) => {
      if (number === 1) setTimeout(() => version(response, 'v0.3.16'), 150);
    });
    await using jobs = client({ baseUrl: server.url });
    const started = performance.now();
    await expect(jobs.states('j', { timeoutMs: 300 })).rejects.toMatchObject({ name: 'RequestTimeoutError' });
    expect(performance.now() - started).toBeLessThan(400);
  });
});

test('a submission is never repeated automatically: two of them cannot be told apart', async () => {
  await using server = await faultServer((response) => response.destroy());
  await using jobs = client({ baseUrl: server.url, serverVersion: 'v0.3.16' });
  await expect(jobs.submit({ Spec: SPEC })).rejects.toMatchObject({ name: 'ConnectionError', outcomeUnknown: true });
  expect(server.seen).toHaveLength(1);
});

test('runs are read from all three shapes of a state', () => {
  const run = { State: 'Completed', VerificationResult: {}, PublishedResults: { StorageSource: 'IPFS', CID: 'Qm' } };
  const expected = [
    {
      nodeId: 'n',
      shard: 1,
      state: 'Completed',
      status: undefined,
      output: undefined,
      published: run.PublishedResults,
    },
  ];
  const execution = { ...run, JobID: 'j', NodeId: 'n', ShardIndex: 1 };
  expect(runsOf({ Nodes: { n: { Shards: { 1: run } } } })).toEqual(expected);
  expect(runsOf({ Shards: { 1: { Executions: [execution] } } })).toEqual(expected);
  expect(runsOf({ Executions: [execution] })).toEqual(expected);
  expect(runsOf({})).toEqual([]);
});
