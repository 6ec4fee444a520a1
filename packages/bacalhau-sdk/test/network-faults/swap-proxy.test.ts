import { once } from 'node:events';
import WebSocket from 'ws';
import type { Job } from '../../src/index.js';
import { logFaultServer } from '../support/log-fault-server.js';
import { networkClient, networkUrl } from '../support/network.js';
import { CALL_KINDS, type CallKind, swapProxy } from '../support/swap-proxy.js';
import { endlessJob, printingJob } from '../support/wasm-jobs.js';

/** Requests without the SDK, so that what the proxy does is seen as it is. */
const CALLS: Readonly<Record<Exclude<CallKind, 'logs'>, (job: Job) => readonly [string, string, object?]>> = {
  put: ({ Name, Type, Tasks }) => ['PUT', 'jobs', { Job: { Name: `${Name}-again`, Type, Count: 1, Tasks } }],
  list: ({ Namespace, Name }) => ['GET', `jobs?namespace=${Namespace}&limit=1&labels=name=${Name}`],
  get: ({ ID }) => ['GET', `jobs/${ID}`],
  stop: ({ ID }) => ['DELETE', `jobs/${ID}`],
  executions: ({ ID }) => ['GET', `jobs/${ID}/executions`],
  history: ({ ID }) => ['GET', `jobs/${ID}/history?limit=3`],
  results: ({ ID }) => ['GET', `jobs/${ID}/results`],
  versions: ({ ID }) => ['GET', `jobs/${ID}/versions`],
  rerun: ({ ID }) => ['PUT', `jobs/${ID}/rerun`, {}],
  nodes: () => ['GET', 'nodes'],
  node: () => ['GET', 'nodes/n-none'],
};

const direct = networkClient();

async function made(job: Job): Promise<Job> {
  const handle = await direct.jobs.submit({ ...job, Labels: { name: job.Name ?? '' } });
  return handle.refresh();
}

async function call(url: string, [method, path, body]: readonly [string, string, object?]): Promise<string> {
  const response = await fetch(`${url}/api/v1/orchestrator/${path}`, {
    method,
    ...(body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  });
  return response.text();
}

test.each(CALL_KINDS.filter((kind) => kind !== 'logs'))(
  'two calls of the kind %s get each other’s responses, and the next two their own',
  async (kind) => {
    await using proxy = await swapProxy(networkUrl());
    const isStop = kind === 'stop';
    const jobs = await Promise.all(
      ['one', 'other'].map(async (word) => made(await (isStop ? endlessJob() : printingJob(word)))),
    );
    if (!isStop) await Promise.all(jobs.map(({ ID = '' }) => direct.jobs.handle(ID).wait()));
    const swapped = proxy.swapNext(kind);
    const got = await Promise.all(jobs.map((job) => call(proxy.url, CALLS[kind](job))));
    await swapped;
    const [first, second] = proxy.exchanges;
    expect(first?.given).toBe(second?.answer);
    expect(second?.given).toBe(first?.answer);
    expect(got.sort()).toEqual(proxy.exchanges.map(({ given }) => given.body.toString()).sort());
    expect(proxy.exchanges.map(({ kind }) => kind)).toEqual([kind, kind]);
    if (isStop) return;
    await Promise.all(jobs.map((job) => call(proxy.url, CALLS[kind](job))));
    expect(proxy.exchanges.slice(2).every(({ answer, given }) => answer === given)).toBe(true);
  },
);

test('two log streams are opened with each other’s paths', async () => {
  await using server = await logFaultServer(({ path, socket }) => socket.send(path));
  await using proxy = await swapProxy(server.url);
  const swapped = proxy.swapNext('logs');
  const paths = ['j-1', 'j-2'].map((id) => `/api/v1/orchestrator/jobs/${id}/logs`);
  const opened = () =>
    Promise.all(
      paths.map(async (path) => {
        const socket = new WebSocket(`${proxy.url.replace('http', 'ws')}${path}`);
        const [message] = await once(socket, 'message');
        socket.close();
        return String(message);
      }),
    );
  expect(await opened()).toEqual([...paths].reverse());
  await swapped;
  expect(await opened()).toEqual(paths);
});

test('a call gets a recorded response, and is still processed', async () => {
  await using proxy = await swapProxy(networkUrl());
  const [one, other] = await Promise.all([made(await endlessJob()), made(await endlessJob())]);
  await call(proxy.url, CALLS.get(other));
  const [recorded] = proxy.exchanges;
  if (recorded === undefined) throw new Error('Nothing was recorded.');
  const given = proxy.answerNext('stop', recorded.answer);
  expect(JSON.parse(await call(proxy.url, CALLS.stop(one))).Job.ID).toBe(other.ID);
  await given;
  expect((await direct.jobs.handle(one.ID ?? '').wait()).State?.StateType).toBe('Stopped');
  await direct.jobs.handle(other.ID ?? '').stop();
});

test('a call without a partner gets its own response after a while', async () => {
  await using proxy = await swapProxy(networkUrl(), { heldMs: 100 });
  const swapped = proxy.swapNext('nodes');
  const got = call(proxy.url, ['GET', 'nodes']);
  await expect(swapped).rejects.toThrow('No second call of kind nodes came within 100 ms.');
  expect(JSON.parse(await got).Nodes.length).toBeGreaterThan(0);
});
