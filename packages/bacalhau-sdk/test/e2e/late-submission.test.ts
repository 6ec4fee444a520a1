import { Bacalhau } from '../../src/client/bacalhau.js';
import { keyDirectory } from '../support/key-directory.js';
import { losingProxy } from '../support/losing-proxy.js';
import { collect, freshName } from '../support/network.js';
import { testWhere } from '../support/requirements.js';
import { networkUrl } from '../support/server.js';
import { sleepingJob } from '../support/wasm-jobs.js';

const dir = keyDirectory();
const clientOf = (baseUrl: string, namespace: string): Bacalhau =>
  new Bacalhau({ baseUrl, namespace, dir, env: {}, logLevel: 'off' });

/** Cuts the client off at its first submission, and passes that on to the real server so much later. */
const lateProxy = (lateMs: number) => losingProxy((submission) => (submission === 1 ? { lateMs } : 'none'));

test('submit: a request that arrives after its client was cut off does not create a second job', async () => {
  const namespace = freshName('late');
  await using proxy = await lateProxy(300);
  await using bacalhau = clientOf(proxy.url, namespace);
  const { Name: _, ...nameless } = await sleepingJob(1);
  const job = await bacalhau.jobs.submit(nameless);
  // Longer than the request was late.
  await job.wait();
  expect((await collect(bacalhau.jobs.list())).map(({ ID }) => ID)).toEqual([job.id]);
}, 60_000);

testWhere(
  ['lost-response', 'found by label'],
  'run: what a request creates that arrives after it was sent again is stopped',
  async () => {
    const namespace = freshName('late');
    await using proxy = await lateProxy(5_000);
    await using bacalhau = clientOf(proxy.url, namespace);
    const { Name: _, ...nameless } = await sleepingJob(12);
    const { jobId } = await bacalhau.jobs.run(nameless);
    expect(proxy.submissions()).toBe(2);
    const made = await collect(bacalhau.jobs.list());
    const states = Object.fromEntries(made.map(({ ID, State }) => [ID === jobId ? 'own' : 'twin', State?.StateType]));
    expect(states).toEqual({ own: 'Completed', twin: 'Stopped' });
  },
  90_000,
);

test('submit: two programs that submit one name at the same time have one job', async () => {
  const namespace = freshName('twice');
  await using one = clientOf(networkUrl(), namespace);
  await using other = clientOf(networkUrl(), namespace);
  const spec = await sleepingJob(5);
  const [mine, theirs] = await Promise.all([one.jobs.submit(spec), other.jobs.submit(spec)]);
  expect(mine.id).toBe(theirs.id);
  const others = (await collect(one.jobs.list())).filter(({ ID }) => ID !== mine.id);
  // Before 1.8 there was a second one for a moment.
  for (const { State } of others) expect(State?.StateType).toBe('Stopped');
  await mine.stop();
}, 60_000);
