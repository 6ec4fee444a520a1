import { getEventListeners } from 'node:events';
import { Bacalhau } from '../../src/client/bacalhau.js';
import { BacalhauError } from '../../src/errors/base.js';
import type { JobHandle } from '../../src/job/job-handle.js';
import { faultProxy } from '../support/fault-proxy.js';
import { type FaultKind, seeded, seeds } from '../support/faults.js';
import { keyDirectory } from '../support/key-directory.js';
import { JOB_ID, logFaultServer } from '../support/log-fault-server.js';
import { collect, freshName, networkClient, networkUrl } from '../support/network.js';
import { freshDirectories } from '../support/results.js';
import { printingJob, sleepingJob } from '../support/wasm-jobs.js';
import { inLanes, until, within } from '../support/within.js';

const ROUNDS = 6;
const KINDS: readonly FaultKind[] = [
  ...(['lost request', 'lost answer', 'reset', 'truncated', 'slow', 'refused', 'silent', 'stalled'] as const),
];
const dir = keyDirectory();
const directory = freshDirectories();
// Before the client is closed.
afterAll(() => asleep.stop());
const direct = networkClient();

let done: JobHandle;
let asleep: JobHandle;
let archives: string;
beforeAll(async () => {
  done = await direct.jobs.submit(await printingJob('hello'));
  asleep = await direct.jobs.submit(await sleepingJob(300));
  await done.wait();
  const [result] = await done.typedResults();
  archives = new URL(result?.type === 'url' ? result.url : '').host;
}, 60_000);

/** Counts the sockets and timers that keep the process alive. */
const resources = (): number =>
  process.getActiveResourcesInfo().filter((name) => ['TCPSocketWrap', 'TCPServerWrap', 'Timeout'].includes(name))
    .length;

/** Starts a node whose log has twenty lines and can be followed forever. */
const chatty = () =>
  logFaultServer(({ query, send, socket }) => {
    send(Array.from({ length: 20 }, (_, index) => `line ${index}\n`));
    if (query.get('follow') !== 'true') socket.close(1000);
  });

/** Returns every kind of call, completed and ended by a deadline, by leaving a loop, or by an abort. */
function callsOf(bacalhau: Bacalhau, streams: Bacalhau, signal: AbortSignal, store: string) {
  const { jobs } = bacalhau;
  const ended = bacalhau.jobs.handle(done.id);
  const running = bacalhau.jobs.handle(asleep.id);
  const log = streams.jobs.handle(JOB_ID);
  const transfer = { signal, stallTimeoutMs: 300, hosts: { [archives]: store } };
  const first = async (list: AsyncIterable<unknown>): Promise<void> => {
    for await (const _ of list) return;
  };
  /** Returns a signal that follows the long-lived one and is aborted after a moment. */
  const shortly = (): AbortSignal => AbortSignal.any([signal, AbortSignal.timeout(30)]);
  return [
    () => jobs.list({ signal, limit: 2 }),
    () => first(jobs.list({ signal, limit: 2 })),
    () => jobs.get(done.id, { signal }),
    () => jobs.get('no-such-job', { signal }),
    () => jobs.get(done.id, { signal, timeoutMs: 1 }),
    () => jobs.get(done.id, { signal, timeoutMs: Number.NaN }),
    () => jobs.get(done.id, { signal: shortly() }),
    () => jobs.versions(done.id, { signal }),
    () => jobs.executions(done.id, { signal }),
    () => jobs.results(done.id, { signal }),
    () => jobs.history(done.id, { signal }),
    () => collect(jobs.history(done.id, { signal, follow: true })),
    () => first(jobs.history(asleep.id, { signal, follow: true })),
    () => collect(jobs.history(asleep.id, { signal: shortly(), follow: true })),
    async () => jobs.submit(await printingJob('once', { Name: '' }), { signal }),
    async () => jobs.run(await printingJob('once', { Name: '' }), { signal, timeoutMs: 200 }),
    () => ended.wait({ signal }),
    () => running.wait({ signal, timeoutMs: 50 }),
    () => running.wait({ signal: shortly() }),
    () => collect(ended.logs({ signal })),
    () => collect(log.logs({ signal })),
    () => first(log.logs({ signal, follow: true })),
    () => collect(log.logs({ signal: shortly(), follow: true })),
    () => ended.download(directory(), transfer),
    () => ended.download(directory(), { ...transfer, timeoutMs: 20 }),
    () => ended.download(directory(), { ...transfer, signal: shortly() }),
    () => collect(ended.files(transfer)),
    () => first(ended.files(transfer)),
    () => bacalhau.nodes.list({ signal }),
    () => bacalhau.agent.version({ signal }),
  ];
}

test.each(seeds(1))(
  'no call leaves a listener on a long-lived signal, a socket or a timer behind (seed %d)',
  async (seed) => {
    const before = resources();
    const { signal } = new AbortController();
    const outcomes = { resolved: 0, rejected: 0 };
    {
      await using node = await chatty();
      const plan = seeded(seed, { share: 0.2, kinds: KINDS });
      await using api = await faultProxy(networkUrl(), plan);
      await using node1 = await faultProxy(node.url, plan);
      await using store = await faultProxy(`http://${archives}`, plan);
      const options = { dir, env: {}, logLevel: 'off', timeoutMs: 1_000 } as const;
      const bacalhau = new Bacalhau({ baseUrl: api.url, namespace: freshName('leaks'), ...options });
      const streams = new Bacalhau({ baseUrl: node1.url, ...options });

      const calls = callsOf(bacalhau, streams, signal, store.host);
      const all = Array.from({ length: ROUNDS }, () => calls).flat();
      await inLanes(12, all, async (call) => {
        try {
          await within<unknown>(60_000, String(call), call());
          outcomes.resolved += 1;
        } catch (error) {
          if (!(error instanceof BacalhauError)) throw error;
          outcomes.rejected += 1;
        }
      });
      expect(outcomes.resolved).toBeGreaterThan(calls.length);
      expect(outcomes.rejected).toBeGreaterThan(calls.length);
      expect(getEventListeners(signal, 'abort')).toEqual([]);

      await bacalhau.close();
      await streams.close();
      // The other side is notified a moment later.
      await within(
        5_000,
        'a socket',
        until(() => api.sockets() + node1.sockets() + store.sockets() === 0),
      );
    }
    await until(() => resources() <= before);
  },
  180_000,
);
