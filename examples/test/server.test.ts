import { get, request as httpRequest, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type Devnet, startDevnet } from 'bacalhau-devnet';
import { Bacalhau, wasm } from 'bacalhau-sdk';
import { chromiumForTests } from '../../packages/bacalhau-sdk/test/support/chromium.js';
import { describeWith } from '../../packages/bacalhau-sdk/test/support/requirements.js';
import { helloModule } from '../lib/hello-module.js';
import { type Forwarder, forwarder } from './support/forwarder.js';
import { tellWhere, watchedPage } from './support/looks.js';
import { type RunningProgram, startProgram } from './support/program.js';

jest.setTimeout(120_000);

const API_KEY = 'server-api-key-0123456789abcdef';
const SIZES = ['laptop', 'phone'] as const;

let devnet: Devnet;
let way: Forwarder;
let server: RunningProgram;
let helloRequest: object;

const startServer = (...more: string[]) =>
  startProgram([join(__dirname, '..', 'server', 'main.ts'), '--port', '0', ...more], /^Listening at (\S+),/, {
    ...{ BACALHAU_API_HOST: '127.0.0.1', BACALHAU_API_PORT: String(way.port), BACALHAU_API_KEY: API_KEY },
  });

beforeAll(async () => {
  const users = [{ Alias: 'server', APIKey: API_KEY, Capabilities: [{ Actions: ['*'] }] }];
  devnet = await startDevnet({ server: 'pinned', config: { API: { Auth: { Users: users } } } });
  way = await forwarder(devnet);
  server = await startServer();
  const module = Buffer.from(await helloModule('Hello through the server')).toString('base64');
  helloRequest = { engine: 'wasm', module, command: [] };
}, 120_000);
afterAll(async () => {
  await server?.[Symbol.asyncDispose]();
  await way?.[Symbol.asyncDispose]();
  await devnet?.stop();
}, 30_000);

async function post(body: unknown, headers: Record<string, string> = JSON_TYPE) {
  const answer = await fetch(`${server.said}/jobs`, {
    method: 'POST',
    headers,
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  const said = (await answer.json()) as { readonly id?: string; readonly message?: string };
  return { status: answer.status, ...said };
}

async function submit(request: object): Promise<string> {
  const { status, id } = await post(request);
  expect(status).toBe(201);
  return id ?? '';
}

const shell = (command: string) => ({ engine: 'docker', image: 'busybox:latest', command: ['sh', '-c', command] });
const JSON_TYPE = { 'content-type': 'application/json' };
const stop = (id: string) => fetch(`${server.said}/jobs/${id}/stop`, { method: 'POST', headers: JSON_TYPE });

interface SentEvent {
  readonly event: string;
  readonly data: {
    readonly state?: string;
    readonly stream?: string;
    readonly text?: string;
    readonly exitCodes?: number[];
  };
}

/** Opens the stream of events; nothing of it is read until it is looped over. */
const openEvents = (id: string, url = server.said): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    get(`${url}/jobs/${id}/events`, { agent: false }, resolve).on('error', reject);
  });

async function* eventsOf(answer: IncomingMessage): AsyncGenerator<SentEvent> {
  let event = '';
  for await (const line of createInterface(answer)) {
    if (line.startsWith('event: ')) event = line.slice(7);
    if (line.startsWith('data: ')) yield { event, data: JSON.parse(line.slice(6)) as SentEvent['data'] };
  }
}

async function eventually(what: () => boolean): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!what()) {
    if (Date.now() > deadline) throw new Error(`It never came to this: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

test('a browser without credentials runs a job on a server that requires them, and receives its states and output', async () => {
  expect((await fetch(`${devnet.url}/api/v1/orchestrator/jobs`)).status).toBe(401);
  const answer = await openEvents(await submit(helloRequest));
  expect(answer.headers['content-type']).toMatch(/^text\/event-stream/);
  const events: SentEvent[] = [];
  for await (const event of eventsOf(answer)) events.push(event);
  const logged = events.filter(({ event }) => event === 'log').map(({ data }) => data);
  expect(logged.map(({ text }) => text).join('')).toBe('Hello through the server\n');
  expect(new Set(logged.map(({ stream }) => stream))).toEqual(new Set(['stdout']));
  expect(events.filter(({ event }) => event === 'state').at(-1)?.data.state).toBe('Completed');
  expect(events.at(-1)).toEqual({ event: 'end', data: { state: 'Completed', exitCodes: [0] } });
});

test.each<[string, object, RegExp]>([
  ['another image', { ...shell('true'), image: 'miner:latest' }, /not available. Use one of busybox:latest/],
  ['an input of its own', { ...shell('true'), inputs: [{ source: '/etc' }] }, /inputs/],
  ['another engine', { engine: 'noop' }, /engine/i],
  ['no command', { engine: 'docker', image: 'busybox:latest', command: [] }, /command/],
  ['an empty command', { engine: 'docker', image: 'busybox:latest', command: [' '] }, /The command is empty/],
  ['a command without end', { ...shell('x'.repeat(5_000)) }, /command/],
  ['a module that is none', { engine: 'wasm', module: 'no base64!', command: [] }, /module/],
])('a request for %s is refused, and says why', async (_what, request, message) => {
  expect(await post(request)).toEqual({ status: 400, message: expect.stringMatching(message) });
});

test.each<[string, string]>([
  ['no bytes of a module', Buffer.from('hello, this is no module').toString('base64')],
  ['a module without a name section', 'AGFzbQEAAAA='],
  ['a module that breaks off', 'AGFzbQEAAAABBAFgAAADAg=='],
])('a request with %s is a mistake of the browser, and names the field', async (_what, module) => {
  expect(await post({ engine: 'wasm', module, command: [] })).toEqual({
    status: 400,
    message: expect.stringMatching(/^module /),
  });
});

/** Sends a request with headers that `fetch` would not send, such as `Host`; the status of the answer. */
const statusOf = (path: string, method: string, headers: Record<string, string>, body = ''): Promise<number> =>
  new Promise((resolve, reject) => {
    const sent = httpRequest(`${server.said}${path}`, { method, headers, agent: false }, (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    });
    sent.on('error', reject);
    sent.end(body);
  });

test('a page whose name was rebound to this server cannot read or submit', async () => {
  const { host, port } = new URL(server.said);
  const evil = `evil.example.org:${port}`;
  const ask = async (headers: Record<string, string>) => [
    await statusOf('/offer', 'GET', headers),
    await statusOf('/jobs', 'POST', { ...JSON_TYPE, ...headers }, '{}'),
  ];
  expect(await ask({ host: evil, origin: `http://${evil}` })).toEqual([403, 403]);
  expect(await ask({ host: evil, 'sec-fetch-site': 'same-origin' })).toEqual([403, 403]);
  expect(await ask({ host, origin: `http://${evil}` })).toEqual([403, 403]);
  expect(await ask({ host, origin: 'null' })).toEqual([403, 403]);
  expect((await ask({ host: `evil@${host}` })).every((status) => status === 400 || status === 403)).toBe(true);
  expect((await ask({ host: `localhost.:${port}` })).every((status) => status === 400 || status === 403)).toBe(true);
  expect(await ask({ host, origin: `http://${host}` })).toEqual([200, 400]);
  expect(await ask({ host: `localhost:${port}` })).toEqual([200, 400]);
});

test('a request line with the URL of another host is refused', async () => {
  const { hostname, port, host } = new URL(server.said);
  const status = await new Promise<number>((resolve, reject) => {
    const options = { hostname, port, path: 'http://evil.example.org/offer', headers: { host }, agent: false };
    get(options, (answer) => resolve(answer.resume().statusCode ?? 0)).on('error', reject);
  });
  expect(status).toBe(403);
});

test('a request that is too large or comes from another site is refused', async () => {
  expect(await post({ engine: 'wasm', module: 'A'.repeat(800_000), command: [] })).toMatchObject({ status: 413 });
  const foreign = { origin: 'https://evil.example.org', 'content-type': 'text/plain' };
  expect(await post(JSON.stringify(helloRequest), foreign)).toMatchObject({ status: 403 });
});

test('jobs of other users are not found', async () => {
  await using bacalhau = new Bacalhau({ baseUrl: devnet.url, env: {}, auth: { apiKey: API_KEY } });
  const { id } = await bacalhau.jobs.submit(wasm({ module: await helloModule('of others') }));
  for (const path of [id, `${id}/events`, 'j-00000000-0000-4000-8000-000000000000', '..%2f..%2fnodes']) {
    const answer = await fetch(`${server.said}/jobs/${path}`);
    expect([answer.status, await answer.json()]).toEqual([404, { message: 'There is no such job.' }]);
  }
});

test('no more jobs are active than the policy allows', async () => {
  const ids: string[] = [];
  // Without Docker they wait for a node that has it.
  for (let job = 0; job < 10; job += 1) ids.push(await submit(shell('sleep 100')));
  expect(await post(shell('true'))).toEqual({ status: 429, message: expect.stringMatching(/Too many jobs/) });
  for (const id of ids) expect((await stop(id)).status).toBe(200);
  await submit(helloRequest);
});

test('the credentials stay on the server', () => {
  expect(server.lines.join('\n')).not.toContain(API_KEY);
});

// Before others leave logs half read: nodes go on with those for a while, and serve one at a time.
describeWith(['chromium', 'docker'], 'its page, in Chromium, with Docker', () => {
  const chromium = chromiumForTests();

  test('its output is followed', async () => {
    const { page, complaints, look } = await watchedPage(chromium.browser, 'laptop');
    await page.goto(server.said);
    await page.getByLabel('Command').fill('for i in 1 2 3; do echo line $i; done; exit 4');
    await page.getByRole('button', { name: 'Run' }).click();
    await page.getByText('Completed, exit code 4').waitFor({ timeout: 90_000 });
    expect(await page.locator('#log .stdout').allTextContents()).toEqual(['line 1\n', 'line 2\n', 'line 3\n']);
    await look('server-ended');
    expect(complaints).toEqual([]);
    await page.close();
  });
});

describeWith(['docker'], 'with Docker', () => {
  test('a browser that does not read applies backpressure to the log, then reads it in order; and the server can be stopped', async () => {
    await using own = await startServer();
    const lines = 30_000;
    const { id = '' } = await post(
      shell(`yes "$(head -c 1000 /dev/zero | tr '\\0' x)" | head -n ${lines} | awk '{ print NR " " $0 }'`),
    );
    const before = way.received;
    const answer = await openEvents(id, own.said); // and nothing is read
    await eventually(() => way.received > before);
    // The server has had enough when it closes the socket that it reads the log from.
    await eventually(() => way.webSockets === 0);
    expect(way.received - before).toBeLessThan(0.9 * lines * 1_000);

    let next = 1;
    for await (const { event, data } of eventsOf(answer)) {
      if (event !== 'log') continue;
      expect(data.text?.slice(0, data.text.indexOf(' '))).toBe(String(next));
      next += 1;
      if (next === 2_000) break;
    }
    expect(next).toBe(2_000);

    const unread = await openEvents(id, own.said);
    expect(await own.stop()).toBe(0);
    unread.destroy();
  });

  test('a browser that does not read is disconnected when its stream has been open for too long', async () => {
    await using own = await startServer('--stream-seconds', '5');
    const id = await submit(shell('yes "$(head -c 1000 /dev/zero | tr \'\\0\' x)" | head -n 30000'));
    const unread = await openEvents(id, own.said);
    await eventually(() => own.lines.some((line) => line.startsWith(`${id}: stream closed: it was open for too long`)));
    unread.destroy();
  });

  test('output arrives while the job runs, and when the browser disconnects, the log socket behind the server is closed', async () => {
    const id = await submit(shell('i=0; while true; do i=$((i+1)); echo "line $i"; sleep 0.2; done'));
    const answer = await openEvents(id);
    const seen: string[] = [];
    for await (const { event, data } of eventsOf(answer)) {
      if (event === 'log') seen.push(data.text ?? '');
      if (seen.length === 3) break;
    }
    expect(seen).toEqual(['line 1\n', 'line 2\n', 'line 3\n']);
    expect(way.webSockets).toBe(1);
    answer.destroy();
    await eventually(() => way.webSockets === 0);
    await eventually(() => server.lines.includes(`${id}: stream closed: the browser disconnected`));
    expect((await stop(id)).status).toBe(200);
  });
});

describeWith(['chromium'], 'its page, in Chromium', () => {
  const chromium = chromiumForTests();
  afterAll(() => {
    tellWhere();
  });

  test.each(SIZES)('on a %s a job is submitted and stopped', async (size) => {
    const { page, complaints, look } = await watchedPage(chromium.browser, size);
    await page.goto(server.said);
    await page.getByRole('option', { name: 'busybox:latest' }).waitFor({ state: 'attached' });
    await page.getByLabel('Command').fill(' ');
    await page.getByRole('button', { name: 'Run' }).click();
    expect(await page.locator('#command:invalid').count()).toBe(1);
    expect(await page.locator('#id').textContent()).toBe('no job yet');
    await page.getByLabel('Command').fill('sleep 100');
    await page.getByRole('button', { name: 'Run' }).click();
    await page.getByText(/Queued|Running/).waitFor();
    await look('server-started');
    await page.getByRole('button', { name: 'Stop' }).click();
    await page.getByText('Stopped').waitFor();
    expect(complaints).toEqual([]);
    await page.close();
  });
});

// Last: nodes with Docker go on with the logs that these leave half read.
test('no more jobs are active than the policy allows, even if all are submitted at once', async () => {
  const answers = await Promise.all(Array.from({ length: 60 }, () => post(shell('sleep 100'))));
  const started = answers.flatMap(({ id }) => id ?? []);
  try {
    expect(started.length).toBe(10);
    expect(answers.filter(({ status }) => status === 429).length).toBe(50);
  } finally {
    for (const id of started) await stop(id);
  }
});

test('active jobs are found behind any number of newer ones that have ended', async () => {
  await using bacalhau = new Bacalhau({ baseUrl: devnet.url, env: {}, auth: { apiKey: API_KEY } });
  const ids: string[] = [];
  for (let job = 0; job < 10; job += 1) ids.push(await submit(shell('sleep 100')));
  // As if other browsers had run 120 short ones: jobs of this server are those with its label.
  const labels = { 'submitted-by': 'examples-server' };
  const ended = await Promise.all(
    Array.from({ length: 120 }, async (_, index) => {
      const job = await bacalhau.jobs.submit(wasm({ module: await helloModule(`${index}`), labels }));
      return job.stop();
    }),
  );
  expect(ended.length).toBe(120);
  expect(await post(shell('true'))).toMatchObject({ status: 429 });
  for (const id of ids) await stop(id);
});

test('no more streams are open than the policy allows, and ended ones free their place', async () => {
  const id = await submit(shell('sleep 100'));
  const open = await Promise.all(Array.from({ length: 60 }, () => openEvents(id)));
  const statuses = open.map(({ statusCode }) => statusCode);
  expect(statuses.filter((status) => status === 200).length).toBe(50);
  expect(statuses.filter((status) => status === 429).length).toBe(10);
  expect(await statusOf(`/jobs/${id}/events`, 'HEAD', {})).toBe(405);
  for (const answer of open) answer.destroy();
  const closed = () => server.lines.filter((line) => line.startsWith(`${id}: stream closed`)).length;
  await eventually(() => closed() === 50);
  const again = await openEvents(id);
  expect(again.statusCode).toBe(200);
  again.destroy();
  await stop(id);
});

test('a stream ends when it has been open for too long', async () => {
  await using own = await startServer('--stream-seconds', '2');
  const id = await submit(shell('sleep 100'));
  for await (const _ of await openEvents(id, own.said));
  await eventually(() => own.lines.some((line) => line.startsWith(`${id}: stream closed: it was open for too long`)));
  await stop(id);
});

test('streams of jobs that do not exist do not count', async () => {
  const unknown = '/jobs/j-00000000-0000-4000-8000-000000000000/events';
  for (let count = 0; count < 60; count += 1) expect(await statusOf(unknown, 'GET', {})).toBe(404);
});
