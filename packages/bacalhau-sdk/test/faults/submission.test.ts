import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Bacalhau, ConnectionError, RequestAbortedError } from '../../src/index.js';
import { keyDirectory } from '../support/key-directory.js';
import { collect, freshName, networkUrl } from '../support/network.js';
import { endlessJob, printingJob } from '../support/wasm-jobs.js';

const dir = keyDirectory();

/** Stands before the real server and loses what it is told to: a submission before it arrives, or its answer. */
async function losingProxy(fate: (submission: number) => 'request' | 'answer' | 'none', onLost: () => void = () => {}) {
  const target = new URL(networkUrl());
  let submissions = 0;
  const server = createServer((incoming, outgoing) => {
    const { method, url: path, headers } = incoming;
    const lost = method === 'PUT' ? fate(++submissions) : 'none';
    if (lost === 'request') return outgoing.destroy();
    const upstream = request({ hostname: target.hostname, port: target.port, method, path, headers }, (answer) => {
      if (lost === 'answer') {
        answer.resume().on('end', () => {
          outgoing.destroy();
          onLost();
        });
        return;
      }
      outgoing.writeHead(answer.statusCode ?? 0, answer.headers);
      answer.pipe(outgoing);
    });
    incoming.pipe(upstream);
    return undefined;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    submissions: () => submissions,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const clientOf = (baseUrl: string, namespace: string) =>
  new Bacalhau({ baseUrl, namespace, dir, env: {}, logLevel: 'off' });

test('jobs without a name are made once each, whatever gets lost', async () => {
  const namespace = freshName('once');
  await using proxy = await losingProxy((number) => (['answer', 'request', 'none'] as const)[number % 3] ?? 'none');
  await using bacalhau = clientOf(proxy.url, namespace);
  const { Name: _, ...nameless } = await printingJob('once');
  const handles = await Promise.all(Array.from({ length: 30 }, () => bacalhau.jobs.submit(nameless)));
  expect(new Set(handles.map(({ id }) => id)).size).toBe(30);
  const made = await collect(bacalhau.jobs.list());
  expect(made).toHaveLength(30);
  expect(made.every(({ Version }) => Version === 1)).toBe(true);
  expect(proxy.submissions()).toBeGreaterThan(30);
  await Promise.all(handles.map((handle) => handle.wait()));
}, 60_000);

test('a lost answer of a job with a name of its own is told, because it may be an older job’s', async () => {
  const namespace = freshName('named');
  await using proxy = await losingProxy(() => 'answer');
  await using bacalhau = clientOf(proxy.url, namespace);
  const error = await bacalhau.jobs.submit(await printingJob('named')).catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(ConnectionError);
  expect(error).toMatchObject({ outcomeUnknown: true });
  expect(proxy.submissions()).toBe(1);
});

test('a run that is aborted while its submission is on the way stops the job that arrived', async () => {
  const namespace = freshName('aborted');
  const controller = new AbortController();
  await using proxy = await losingProxy(
    () => 'answer',
    () => controller.abort(),
  );
  const arrived = clientOf(networkUrl(), namespace);
  // The answer is never given; the abort comes once the server has the job.
  await using bacalhau = clientOf(proxy.url, namespace);
  const { Name: _, ...nameless } = await endlessJob();
  const error = await bacalhau.jobs.run(nameless, { signal: controller.signal }).catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(RequestAbortedError);
  const [job] = await collect(arrived.jobs.list());
  expect((await arrived.job(job?.ID ?? '').wait()).State?.StateType).toBe('Stopped');
  await arrived.close();
}, 30_000);
