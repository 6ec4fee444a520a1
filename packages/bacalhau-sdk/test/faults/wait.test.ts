import { setTimeout } from 'node:timers/promises';
import { Bacalhau } from '../../src/client/bacalhau.js';
import { AuthenticationError, ServerError, UnexpectedResponseError } from '../../src/errors/api-errors.js';
import { ConnectionError } from '../../src/errors/call-errors.js';
import { InvalidArgumentError } from '../../src/errors/client-errors.js';
import type { Job } from '../../src/index.js';
import { type FaultServer, faultServer, json, text } from '../support/fault-server.js';
import { keyDirectory } from '../support/key-directory.js';
import { until, within } from '../support/within.js';

const dir = keyDirectory();
const client = (server: FaultServer | string) =>
  new Bacalhau({ baseUrl: typeof server === 'string' ? server : server.url, dir, env: {}, logLevel: 'off' });

const ID = 'j-00000000-0000-4000-8000-000000000000';
const job = (StateType: string, change: Partial<Job> = {}): Job => ({
  ID,
  Type: 'batch',
  Tasks: [],
  State: { StateType },
  ...change,
});

test('transient errors do not end a wait', async () => {
  await using server = await faultServer((response, number) => {
    if (number === 1) response.destroy();
    else if (number === 2) text(response, 503, 'Server Timeout!');
    else json(response, 200, { Job: job('Completed') });
  });
  expect((await client(server).jobs.handle(ID).wait()).State?.StateType).toBe('Completed');
  expect(server.seen).toHaveLength(3);
}, 20_000);

test('a server that stays unreachable ends a wait with the last error', async () => {
  await using server = await faultServer((response) => response.destroy());
  await expect(client(server).jobs.handle(ID).wait({ unreachableAfterMs: 500 })).rejects.toBeInstanceOf(
    ConnectionError,
  );
  await using failing = await faultServer((response) => text(response, 500, 'out of memory'));
  await expect(client(failing).jobs.handle(ID).wait({ unreachableAfterMs: 500 })).rejects.toBeInstanceOf(ServerError);
}, 20_000);

test('a dead connection does not delay a wait for long, and a closed client leaves no timer', async () => {
  const timers = (): number => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
  const before = timers();
  await using server = await faultServer((response, number) => {
    if (number > 1) json(response, 200, { Job: job(number < 4 ? 'Running' : 'Completed', { Name: 'job-name' }) });
  });
  const bacalhau = client(server);
  const waits = [bacalhau.jobs.handle(ID).wait(), bacalhau.jobs.handle('job-name').wait()];
  // Less than a server's own timeout, let alone that plus a pause in proportion to it.
  const ended = await within(20_000, 'a wait', Promise.all(waits));
  expect(ended.map(({ State }) => State?.StateType)).toEqual(['Completed', 'Completed']);
  await bacalhau.close();
  // A socket that was closed keeps one until its end is seen.
  await until(() => timers() <= before);
}, 30_000);

test('a server that rejects the credentials ends a wait at once', async () => {
  await using server = await faultServer((response) =>
    json(response, 401, { Status: 401, Message: 'Request Unauthorized' }),
  );
  await expect(client(server).jobs.handle(ID).wait()).rejects.toBeInstanceOf(AuthenticationError);
  // Beside it the server was asked how to log in.
  expect(server.seen.filter(({ url }) => url.includes('/jobs/'))).toHaveLength(1);
});

test('a job in an unknown state has not ended', async () => {
  const states = ['Hibernating', 'Pending', 'Completed'];
  await using server = await faultServer((response, number) =>
    json(response, 200, { Job: job(states[number - 1] ?? '') }),
  );
  const seen: (string | undefined)[] = [];
  await client(server)
    .jobs.handle(ID)
    .wait({ onUpdate: ({ State }) => seen.push(State?.StateType) });
  expect(seen).toEqual(states);
});

test('an onUpdate that throws ends its own wait and no other', async () => {
  await using server = await faultServer((response, number) =>
    json(response, 200, { Job: job(number < 3 ? 'Running' : 'Completed') }),
  );
  const handle = client(server).jobs.handle(ID);
  const broken = handle.wait({
    onUpdate: () => {
      throw new Error('my own mistake');
    },
  });
  const late = handle.wait({
    onUpdate: async () => {
      await Promise.resolve();
      throw new Error('my own late mistake');
    },
  });
  const other = handle.wait();
  await expect(late).rejects.toThrow('my own late mistake');
  await expect(broken).rejects.toThrow('my own mistake');
  expect((await other).State?.StateType).toBe('Completed');
});

test('a refused wait does not start polling', async () => {
  await using server = await faultServer((response) => json(response, 200, { Job: job('Completed') }));
  const bacalhau = client(server);
  const other = bacalhau.jobs.handle('j-11111111-1111-4111-8111-111111111111');
  await expect(other.wait({ timeoutMs: -1 })).rejects.toBeInstanceOf(InvalidArgumentError);
  await expect(other.wait({ unreachableAfterMs: Number.NaN })).rejects.toBeInstanceOf(InvalidArgumentError);
  // A program in plain JavaScript can pass anything.
  const signal = new AbortController() as unknown as AbortSignal;
  await expect(other.wait({ signal })).rejects.toThrow(/controller\.signal/);
  await bacalhau.jobs.handle(ID).wait();
  await setTimeout(500);
  expect(server.seen.map(({ url }) => url)).toEqual([expect.stringContaining(ID)]);
});

test('a job that the server never ends, although its executions have, is completed', async () => {
  const execution = (StateType: number) => ({
    ...{ ID: 'e-1', JobID: ID, NodeID: 'n-1' },
    ComputeState: { StateType },
  });
  const states = [6, 9];
  await using server = await faultServer((response) => {
    const url = server.seen.at(-1)?.url ?? '';
    if (url.includes('/agent/version')) json(response, 200, { GitVersion: 'v1.9.3' });
    else {
      const Items = url.includes('include=executions') ? [execution(states.shift() ?? 9)] : [];
      json(response, 200, { Job: job('Running', { Version: 1 }), Executions: { NextToken: '', Items } });
    }
  });
  const ended = await client(server).jobs.handle(ID).wait();
  expect(ended.State).toMatchObject({ StateType: 'Completed', Message: expect.stringContaining('did not take note') });
  // The first time an execution was still running.
  expect(server.seen.filter(({ url }) => url.includes('include=executions'))).toHaveLength(2);
}, 60_000);

test('a job that failed on one node is not completed by another', async () => {
  const execution = (StateType: number) => ({
    ...{ ID: 'e-1', JobID: ID, NodeID: 'n-1' },
    ComputeState: { StateType },
  });
  const states = ['Running', 'Failed'];
  await using server = await faultServer((response) => {
    const url = server.seen.at(-1)?.url ?? '';
    if (url.includes('/agent/version')) return json(response, 200, { GitVersion: 'v1.9.3' });
    const withExecutions = url.includes('include=executions');
    const state = withExecutions ? (states.shift() ?? 'Failed') : 'Running';
    const Items = withExecutions ? [execution(9), execution(10)] : [];
    const Job = job(state, { Type: 'ops', Version: 1, ModifyTime: 1 });
    return json(response, 200, { Job, Executions: { NextToken: '', Items } });
  });
  const seen: (string | undefined)[] = [];
  const ended = await client(server)
    .jobs.handle(ID)
    .wait({ onUpdate: ({ State }) => seen.push(State?.StateType) });
  expect(ended.State?.StateType).toBe('Failed');
  expect(seen).toEqual(['Running', 'Failed']);
}, 60_000);

test.each([null, 'a job', []])('a response with %p in place of the job is unexpected', async (Job) => {
  await using server = await faultServer((response) => json(response, 200, { Job }));
  const wait = client(server).jobs.handle(ID).wait({ unreachableAfterMs: 0 });
  await expect(wait).rejects.toBeInstanceOf(UnexpectedResponseError);
});

test('a response about another job does not end a wait', async () => {
  const other = job('Completed', { ID: ID.replace(/0$/, '1'), Name: 'other' });
  await using server = await faultServer((response, number) =>
    json(response, 200, { Job: number === 1 ? other : job('Completed', { Name: 'this' }) }),
  );
  const seen: (string | undefined)[] = [];
  const ended = await client(server)
    .jobs.handle(ID)
    .wait({ onUpdate: ({ Name }) => seen.push(Name) });
  expect(ended.ID).toBe(ID);
  expect(seen).toEqual(['this']);
  // Waits by a prefix of the id or by the name work, too.
  for (const id of [ID.slice(0, 10), 'this']) expect((await client(server).jobs.handle(id).wait()).ID).toBe(ID);
}, 20_000);

test('when all jobs change between two polls, longer pages show them, and none is polled alone', async () => {
  const ids = Array.from({ length: 600 }, (_, index) => `${ID.slice(0, -3)}${String(index).padStart(3, '0')}`);
  let state = 'Pending';
  let changedAt = 1e18;
  const all = () => ids.map((id) => job(state, { ID: id, ModifyTime: changedAt }));
  await using server = await faultServer((response) => {
    const { pathname, searchParams } = new URL(server.seen.at(-1)?.url ?? '', server.url);
    const id = ids.find((one) => pathname.endsWith(one));
    if (id !== undefined) return json(response, 200, { Job: job(state, { ID: id, ModifyTime: changedAt }) });
    const offset = Number(searchParams.get('next_token') ?? 0);
    const end = offset + Number(searchParams.get('limit'));
    json(response, 200, { Items: all().slice(offset, end), NextToken: end < ids.length ? String(end) : '' });
    // All have been seen: the next time, all have changed.
    if (end < ids.length || state === 'Completed') return;
    state = state === 'Pending' ? 'Running' : 'Completed';
    changedAt += 60e9;
  });
  await using bacalhau = client(server);
  const ended = await Promise.all(ids.map((id) => bacalhau.jobs.handle(id).wait()));
  expect(ended.every(({ State }) => State?.StateType === 'Completed')).toBe(true);
  const lists = server.seen.filter(({ url }) => url.includes('order_by=')).length;
  expect(lists).toBeLessThan(10);
  // The first wait polls its job, and single polls accompany the lists now and then.
  expect(server.seen.length - lists).toBeLessThan(10);
});

test('where listing is forbidden, each job is polled alone', async () => {
  const ids = Array.from({ length: 40 }, (_, index) => `${ID.slice(0, -2)}${String(index).padStart(2, '0')}`);
  const looks = new Map<string, number>();
  await using server = await faultServer((response) => {
    const id = ids.find((one) => server.seen.at(-1)?.url.includes(one));
    if (id === undefined) return json(response, 403, { Status: 403, Message: 'You may not list jobs.' });
    const look = (looks.get(id) ?? 0) + 1;
    looks.set(id, look);
    json(response, 200, { Job: job(look < 3 ? 'Running' : 'Completed', { ID: id }) });
  });
  await using bacalhau = client(server);
  const ended = await Promise.all(ids.map((id) => bacalhau.jobs.handle(id).wait()));
  expect(ended.every(({ State }) => State?.StateType === 'Completed')).toBe(true);
  expect(server.seen.filter(({ url }) => url.includes('order_by='))).toHaveLength(1);
});

test('where lists fail, each job is polled alone, and none counts as unreachable', async () => {
  const ids = Array.from({ length: 60 }, (_, index) => `${ID.slice(0, -2)}${String(index).padStart(2, '0')}`);
  const looks = new Map<string, number>();
  await using server = await faultServer((response) => {
    const id = ids.find((one) => server.seen.at(-1)?.url.includes(one));
    if (id === undefined) {
      response.destroy();
      return;
    }
    const look = (looks.get(id) ?? 0) + 1;
    looks.set(id, look);
    json(response, 200, { Job: job(look < 2 ? 'Running' : 'Completed', { ID: id }) });
  });
  await using bacalhau = client(server);
  const ended = await Promise.all(ids.map((id) => bacalhau.jobs.handle(id).wait({ unreachableAfterMs: 2_000 })));
  expect(ended.every(({ State }) => State?.StateType === 'Completed')).toBe(true);
  expect(server.seen.some(({ url }) => url.includes('order_by='))).toBe(true);
}, 30_000);

test.each([
  ['by its id, in another namespace than the given one', (id: string) => id],
  ['by its name', () => 'a-name'],
])('a job that is waited for %s and missing from lists is polled alone', async (_how, elsewhereId) => {
  const ids = Array.from({ length: 40 }, (_, index) => `${ID.slice(0, -2)}${String(index).padStart(2, '0')}`);
  const [first = '', ...here] = ids;
  const elsewhere = elsewhereId(first);
  let lists = 0;
  await using server = await faultServer((response) => {
    const id = [elsewhere, ...here].find((one) => server.seen.at(-1)?.url.includes(one));
    const state = lists < 3 ? 'Running' : 'Completed';
    if (id !== undefined) {
      return json(response, 200, { Job: job(state, { ID: id, Namespace: id === elsewhere ? 'other' : 'named' }) });
    }
    lists += 1;
    // All of them, and none has ended.
    json(response, 200, { Items: here.map((ID) => job('Running', { ID, Namespace: 'named' })), NextToken: '' });
  });
  await using bacalhau = client(server);
  const controller = new AbortController();
  const { signal } = controller;
  const others = Promise.allSettled(
    here.map((id) => bacalhau.jobs.handle(id, { namespace: 'named' }).wait({ signal })),
  );
  const ended = await bacalhau.jobs.handle(elsewhere, { namespace: 'named' }).wait({ timeoutMs: 20_000 });
  expect(ended).toMatchObject({ Namespace: 'other', State: { StateType: 'Completed' } });
  controller.abort();
  await others;
});
