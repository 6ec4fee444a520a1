import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { AuthenticationError, Bacalhau, docker, Ed25519Identity, type Identity, RsaIdentity, wasm } from 'bacalhau-sdk';
import { signRequest } from 'bacalhau-sdk/signatures';
import { describeWith } from '../../packages/bacalhau-sdk/test/support/requirements.js';
import { helloModule } from '../lib/hello-module.js';

jest.setTimeout(60_000);

const target = process.env['BACALHAU_TEST_URL'] ?? '';
const lines: string[] = [];
const signers: Record<string, Identity> = {};
let folder: string;
let gateway: ChildProcess;
let url: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bacalhau-gateway-'));
  signers['ed25519'] = await Ed25519Identity.generate();
  signers['rsa'] = await RsaIdentity.generate();
  const keys = await mkdtemp(join(folder, 'keys-'));
  for (const [name, { publicKey }] of Object.entries(signers)) await writeFile(join(keys, `${name}.pem`), publicKey);
  const main = join(__dirname, '..', 'signing-gateway', 'main.ts');
  gateway = spawn(process.execPath, [main, '--target', target, '--keys', keys, '--port', '0'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const { stdout } = gateway;
  if (stdout === null) throw new Error('The gateway has no output.');
  url = await new Promise<string>((resolve, reject) => {
    gateway.once('exit', (code) => reject(new Error(`The gateway ended with ${code}.`)));
    createInterface(stdout).on('line', (line) => {
      lines.push(line);
      const [, address] = /^Listening at (\S+) for 2 keys/.exec(line) ?? [];
      if (address !== undefined) resolve(address);
    });
  });
});
afterAll(async () => {
  const ended = new Promise((resolve) => gateway.once('exit', resolve));
  gateway.kill();
  await ended;
  await rm(folder, { recursive: true, force: true });
});

function signer(name: string): Identity {
  const found = signers[name];
  if (found === undefined) throw new Error(`There is no signer ${name}.`);
  return found;
}
const client = (key?: Identity): Bacalhau =>
  new Bacalhau({ baseUrl: url, dir: folder, env: {}, auth: false, ...(key && { signer: key }) });

test.each(['ed25519', 'rsa'])('a job runs through it, signed with %s: submitted, waited for, listed', async (name) => {
  await using bacalhau = client(signer(name));
  const job = await bacalhau.jobs.submit(
    wasm({ module: await helloModule('Through the gateway'), publisher: { Type: 'local' } }),
  );
  expect((await job.wait()).State?.StateType).toBe('Completed');
  expect((await bacalhau.jobs.list({ orderBy: 'created_at', reverse: true, limit: 100 })).items.length).toBeGreaterThan(
    0,
  );
  expect(lines.some((line) => line.startsWith(`${signer(name).keyId} PUT /api/v1/orchestrator/jobs`))).toBe(true);
});

/** Opens a WebSocket by hand: the status of the answer, and what came first. */
async function upgrade(path: string, headers: Record<string, string>): Promise<{ status: number; first: string }> {
  return new Promise((resolve, reject) => {
    const socket = { connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-version': '13' };
    const key = { 'sec-websocket-key': Buffer.from('sixteen bytes ok').toString('base64') };
    const opening = request(`${url}${path}`, { headers: { ...headers, ...socket, ...key } });
    opening.on('upgrade', ({ statusCode = 0 }, stream, head) => {
      const done = (data: Buffer): void => {
        stream.destroy();
        resolve({ status: statusCode, first: data.toString('latin1') });
      };
      if (head.length > 0) done(head);
      else stream.once('data', done);
    });
    opening.on('response', (answer) => {
      answer.resume();
      resolve({ status: answer.statusCode ?? 0, first: '' });
    });
    opening.on('error', reject);
    opening.end();
  });
}

test('a WebSocket goes through it if its opening request is signed', async () => {
  const path = '/api/v1/orchestrator/jobs/j-none/logs?follow=true';
  const opening = { method: 'GET', url: `${url}${path}`, headers: {}, body: new Uint8Array() };
  const headers = () => signRequest(opening, signer('ed25519'));
  const { status, first } = await upgrade(path, { ...(await headers()) });
  expect(status).toBe(101);
  expect(first).toMatch(/not found/); // the orchestrator's own word, in a frame
  expect(await upgrade(path.replace('true', 'false'), { ...(await headers()) })).toMatchObject({ status: 401 });
  expect(await upgrade(path, {})).toMatchObject({ status: 401 });
});

describeWith(['docker'], 'with Docker', () => {
  test('the log of a job comes through it', async () => {
    await using bacalhau = client(signer('ed25519'));
    const job = await bacalhau.jobs.submit(
      docker({
        image: process.env['BACALHAU_TEST_BUSYBOX_IMAGE'] ?? 'busybox:latest',
        entrypoint: ['echo', 'through the gateway'],
      }),
    );
    let text = '';
    for await (const entry of job.logs({ follow: true })) text += entry.text;
    expect(text).toBe('through the gateway\n');
  });
});

test('who does not sign is refused, and told what to do', async () => {
  await using bacalhau = client();
  const refused = bacalhau.jobs.list();
  await expect(refused).rejects.toBeInstanceOf(AuthenticationError);
  await expect(refused).rejects.toThrow(/not signed.*new Bacalhau\(\{ signer \}\)/);
});

test('a stranger is refused, calls and log stream alike', async () => {
  await using bacalhau = client(await Ed25519Identity.generate());
  await expect(bacalhau.jobs.list()).rejects.toThrow(/The key of the signature is unknown/);
  const log = bacalhau.jobs.handle('j-1').logs()[Symbol.asyncIterator]();
  await expect(log.next()).rejects.toBeInstanceOf(AuthenticationError);
});

/** One request by hand, with something changed after it was signed. */
async function send(change: {
  readonly method?: string;
  readonly path?: string;
  readonly body?: string;
  readonly host?: string;
  readonly header?: (headers: Record<string, string>) => Record<string, string>;
  readonly signedAt?: number;
}): Promise<{ status: number; message: string; again: () => Promise<number> }> {
  const signed = { method: 'PUT', url: `${change.host ?? url}/api/v1/orchestrator/jobs?namespace=a`, headers: {} };
  const body = '{"Job":{}}';
  const headers = await signRequest(
    { ...signed, body: new TextEncoder().encode(body) },
    signer('ed25519'),
    change.signedAt ?? Date.now(),
  );
  const request = () =>
    fetch(`${url}${change.path ?? '/api/v1/orchestrator/jobs?namespace=a'}`, {
      method: change.method ?? signed.method,
      headers: { 'content-type': 'application/json', ...(change.header ?? ((same) => same))({ ...headers }) },
      body: change.body ?? body,
    });
  const response = await request();
  const { Message } = (await response.json()) as { Message: string };
  return { status: response.status, message: Message, again: async () => (await request()).status };
}

const edit = (name: string, from: string | RegExp, to: string) => (headers: Record<string, string>) => ({
  ...headers,
  [name]: (headers[name] ?? '').replace(from, to),
});

/** Puts another character in the place of the first one that follows `before`: never the one that is there. */
const alter = (name: string, before: RegExp) => (headers: Record<string, string>) => {
  const value = headers[name] ?? '';
  const found = before.exec(value);
  if (!found) throw new Error(`There is no ${before} in ${name}: ${value}`);
  const at = found.index + found[0].length;
  return { ...headers, [name]: value.slice(0, at) + (value[at] === '1' ? '2' : '1') + value.slice(at + 1) };
};

test('unchanged, such a request reaches the orchestrator, which finds no job in it; again, it is refused', async () => {
  const { status, message, again } = await send({});
  expect([status, message]).toEqual([400, expect.stringMatching(/missing job/)]);
  expect(await again()).toBe(401);
});

test.each<[string, Parameters<typeof send>[0], RegExp]>([
  ['the method', { method: 'POST' }, /does not match/],
  ['the path', { path: '/api/v1/orchestrator/nodes?namespace=a' }, /does not match/],
  ['the query', { path: '/api/v1/orchestrator/jobs?namespace=b' }, /does not match/],
  ['the host', { host: 'http://other.example.org' }, /does not match/],
  ['the body', { body: '{"Job":{"Name":"x"}}' }, /body is not the one/],
  ['the digest', { header: alter('Content-Digest', /=:/) }, /does not match|body/],
  ['created', { header: alter('Signature-Input', /created=\d+(?=\d;)/) }, /does not match/],
  ['expires', { header: alter('Signature-Input', /expires=\d+(?=\d;)/) }, /does not match|expired/],
  ['the nonce', { header: alter('Signature-Input', /nonce="/) }, /does not match/],
  ['the key’s id', { header: alter('Signature-Input', /keyid="/) }, /is unknown/],
  ['what is covered', { header: edit('Signature-Input', ' "@path"', '') }, /does not cover @path/],
  ['the signature', { header: alter('Signature', /=:/) }, /does not match/],
])('a request with %s altered is refused', async (_what, change, message) => {
  const refused = await send(change);
  expect([refused.status, refused.message]).toEqual([401, expect.stringMatching(message)]);
});

test('an old one is refused, and one from the future', async () => {
  expect(await send({ signedAt: Date.now() - 120_000 })).toMatchObject({
    status: 401,
    message: expect.stringMatching(/expired/),
  });
  expect(await send({ signedAt: Date.now() + 120_000 })).toMatchObject({
    status: 401,
    message: expect.stringMatching(/future/),
  });
});
