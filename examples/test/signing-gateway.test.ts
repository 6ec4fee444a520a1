import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { connect } from 'node:net';
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
let keys: string;
let gateway: ChildProcess;
let url: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bacalhau-gateway-'));
  signers['ed25519'] = await Ed25519Identity.generate();
  signers['rsa'] = await RsaIdentity.generate();
  keys = await mkdtemp(join(folder, 'keys-'));
  for (const [name, { publicKey }] of Object.entries(signers)) await writeFile(join(keys, `${name}.pem`), publicKey);
  ({ gateway, url } = await startGateway());
});
afterAll(async () => {
  await stopGateway(gateway);
  await rm(folder, { recursive: true, force: true });
});

/** Starts a gateway; at a port of its own, and for the test's keys, unless told. */
async function startGateway(
  port = '0',
  which: readonly string[] = ['--keys', keys],
): Promise<{ gateway: ChildProcess; url: string }> {
  const main = join(__dirname, '..', 'signing-gateway', 'main.ts');
  const started = spawn(process.execPath, [main, '--target', target, '--port', port, ...which], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, BACALHAU_DIR: folder },
  });
  const { stdout } = started;
  if (stdout === null) throw new Error('The gateway has no output.');
  const address = await new Promise<string>((resolve, reject) => {
    started.once('exit', (code) => reject(new Error(`The gateway ended with ${code}.`)));
    createInterface(stdout).on('line', (line) => {
      lines.push(line);
      const [, found] = /^Listening at (\S+) for \d keys?/.exec(line) ?? [];
      if (found !== undefined) resolve(found);
    });
  });
  return { gateway: started, url: address };
}

async function stopGateway(started: ChildProcess): Promise<void> {
  const ended = new Promise((resolve) => started.once('exit', resolve));
  started.kill('SIGKILL');
  await ended;
}

function signer(name: string): Identity {
  const found = signers[name];
  if (found === undefined) throw new Error(`There is no signer ${name}.`);
  return found;
}
const client = (key?: Identity): Bacalhau =>
  new Bacalhau({ baseUrl: url, dir: folder, env: {}, auth: false, ...(key && { signer: key }) });

test('without keys, it knows the key of whoever runs it, which is made if there is none', async () => {
  const own = await startGateway('0', []);
  try {
    const signer = await new Bacalhau({ dir: folder, env: {} }).identity('ed25519');
    await using bacalhau = new Bacalhau({ baseUrl: own.url, dir: folder, env: {}, auth: false, signer });
    expect((await bacalhau.jobs.list({ limit: 1 })).items).toBeDefined();
  } finally {
    await stopGateway(own.gateway);
  }
});

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

test('an unsigned request is refused, with what to do', async () => {
  await using bacalhau = client();
  const refused = bacalhau.jobs.list();
  await expect(refused).rejects.toBeInstanceOf(AuthenticationError);
  await expect(refused).rejects.toThrow(/not signed.*new Bacalhau\(\{ signer \}\)/);
});

test('an unknown key is refused for calls and log streams', async () => {
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

test('unchanged, such a request reaches the orchestrator, which finds no job in it; repeated, it is refused', async () => {
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
  ['created', { header: alter('Signature-Input', /created=\d+(?=\d;)/) }, /does not match|before this gateway began/],
  ['expires', { header: alter('Signature-Input', /expires=\d+(?=\d;)/) }, /does not match|expired/],
  ['the nonce', { header: alter('Signature-Input', /nonce="/) }, /does not match/],
  ['the key’s id', { header: alter('Signature-Input', /keyid="/) }, /is unknown/],
  ['what is covered', { header: edit('Signature-Input', ' "@path"', '') }, /does not cover @path/],
  ['the signature', { header: alter('Signature', /=:/) }, /does not match/],
])('a request with %s altered is refused', async (_what, change, message) => {
  const refused = await send(change);
  expect([[401, 503], refused.message]).toEqual([
    expect.arrayContaining([refused.status]),
    expect.stringMatching(message),
  ]);
});

test('an old one and one from the future are refused', async () => {
  expect(await send({ signedAt: Date.now() - 120_000 })).toMatchObject({
    status: 401,
    message: expect.stringMatching(/expired/),
  });
  expect(await send({ signedAt: Date.now() + 120_000 })).toMatchObject({
    status: 401,
    message: expect.stringMatching(/future/),
  });
});

const headLines = (headers: Readonly<Record<string, string>>) =>
  Object.entries(headers).map(([name, value]) => `${name}: ${value}`);

/** Sends the lines of a request, and what its body has so far; the status of the answer. */
function raw(head: readonly string[], body = '', at = url): Promise<number> {
  return new Promise((resolve) => {
    const { hostname, port } = new URL(at);
    const socket = connect(Number(port), hostname, () => socket.write(`${head.join('\r\n')}\r\n\r\n${body}`));
    socket.once('data', (data) => {
      socket.destroy();
      resolve(Number(/^HTTP\/1\.1 (\d+)/.exec(data.toString('latin1'))?.[1]));
    });
    socket.once('close', () => resolve(0));
    // An answer that comes before the body has been sent can be lost with its connection.
    socket.on('error', () => undefined);
  });
}

const PATH = '/api/v1/orchestrator/jobs';
const signedLines = async (at: string, body = '', now = Date.now()) =>
  headLines(
    await signRequest(
      { method: 'PUT', url: at, headers: {}, body: new TextEncoder().encode(body) },
      signer('ed25519'),
      now,
    ),
  );

test('a request that was signed for another gateway is refused, with the Host of either', async () => {
  const other = 'http://other.example.org:8080';
  for (const host of ['other.example.org:8080', new URL(url).host]) {
    const head = [`PUT ${PATH} HTTP/1.1`, `Host: ${host}`, 'Content-Length: 0'];
    expect(await raw([...head, ...(await signedLines(`${other}${PATH}`))])).toBe(401);
  }
  expect(lines.some((line) => line.includes('The request is for "other.example.org:8080", which is not this'))).toBe(
    true,
  );
});

test.each<[string, number, (host: string) => readonly string[]]>([
  ['a second Host', 401, (host) => [`PUT ${PATH} HTTP/1.1`, `Host: ${host}`, 'Host: evil.example.org']],
  ['user information in Host', 401, (host) => [`PUT ${PATH} HTTP/1.1`, `Host: evil@${host}`]],
  ['a URL in its request line', 400, (host) => [`PUT http://${host}${PATH} HTTP/1.1`, `Host: ${host}`]],
  [
    'an upgrade to HTTP/2',
    400,
    (host) => [`PUT ${PATH} HTTP/1.1`, `Host: ${host}`, 'Connection: Upgrade', 'Upgrade: h2c'],
  ],
])('a signed request with %s is refused', async (_what, status, head) => {
  const { host } = new URL(url);
  expect(await raw([...head(host), 'Content-Length: 0', ...(await signedLines(`${url}${PATH}`))])).toBe(status);
});

test('unfinished bodies of unsigned requests are answered at once and take no memory', async () => {
  const head = [`PUT ${PATH} HTTP/1.1`, `Host: ${new URL(url).host}`, 'Content-Length: 10000000'];
  const before = await residentBytes();
  const nearlyAll = 'x'.repeat(9_999_999);
  const rejected = () => lines.filter((line) => line === `rejected PUT ${PATH}: The request is not signed (RFC 9421).`);
  const already = rejected().length;
  const statuses = await Promise.all(Array.from({ length: 60 }, () => raw(head, nearlyAll)));
  expect([0, 401]).toEqual(expect.arrayContaining([...new Set(statuses)]));
  await until(async () => rejected().length === already + 60);
  expect((await residentBytes()) - before).toBeLessThan(200_000_000);
});

/** The memory of the gateway; 0 where it cannot be told. */
async function residentBytes(): Promise<number> {
  const status = await readFile(`/proc/${gateway.pid}/status`, 'utf8').catch(() => '');
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? 0) * 1024;
}

test('bodies of known clients are limited, each and in total', async () => {
  const head = [`PUT ${PATH} HTTP/1.1`, `Host: ${new URL(url).host}`];
  expect(await raw([...head, 'Content-Length: 10000001', ...(await signedLines(`${url}${PATH}`))])).toBe(413);
  const open = new AbortController();
  const { hostname, port } = new URL(url);
  for (let count = 0; count < 16; count += 1) {
    const text = [...head, 'Content-Length: 2', ...(await signedLines(`${url}${PATH}`))].join('\r\n');
    const socket = connect({ host: hostname, port: Number(port), signal: open.signal }, () =>
      socket.write(`${text}\r\n\r\n{`),
    );
    socket.on('error', () => undefined);
  }
  const one = async () => raw([...head, 'Content-Length: 2', ...(await signedLines(`${url}${PATH}`, '{}'))], '{}');
  await until(async () => (await one()) === 503);
  open.abort();
  await until(async () => (await one()) === 400);
});

async function until(isSo: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!(await isSo())) {
    if (Date.now() > deadline) throw new Error(`This did not become true: ${isSo}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

test('after a restart no request passes again, even from a client whose clock is ahead, and new ones do', async () => {
  const first = await startGateway();
  const { host, port } = new URL(first.url);
  const head = [`PUT ${PATH} HTTP/1.1`, `Host: ${host}`, 'Content-Length: 0'];
  const exact = await signedLines(`${first.url}${PATH}`);
  const ahead = await signedLines(`${first.url}${PATH}`, '', Date.now() + 4_000);
  for (const signature of [exact, ahead]) expect(await raw([...head, ...signature], '', first.url)).toBe(400);
  await stopGateway(first.gateway);

  const second = await startGateway(port);
  try {
    for (const signature of [exact, ahead]) expect(await raw([...head, ...signature], '', first.url)).not.toBe(400);
    expect(await raw([...head, ...(await signedLines(`${first.url}${PATH}`))], '', first.url)).toBe(400);
  } finally {
    await stopGateway(second.gateway);
  }
});
