/** What many jobs cost in requests. That depends on the client, so one server is enough. */

import { wasm } from '../../src/builders/wasm.js';
import { Bacalhau } from '../../src/client/bacalhau.js';
import type { RequestEvent } from '../../src/http/events.js';
import type { Job } from '../../src/index.js';
import { keyDirectory } from '../support/key-directory.js';
import { collect, freshName, networkClient, networkUrl } from '../support/network.js';
import { moduleOf, printingJob } from '../support/wasm-jobs.js';
import { inLanes, until, within } from '../support/within.js';

const dir = keyDirectory();
const requests: RequestEvent[] = [];
const bacalhau = networkClient({ dir, onRequest: (request) => requests.push(request) });
const { jobs } = bacalhau;

test('a hundred waits take fewer requests than polling each job, and all resolve', async () => {
  let requests = 0;
  const watcher = bacalhau.withOptions({
    onRequest: ({ operation }) => {
      if (operation === 'job.wait') requests += 1;
    },
  });
  const namespace = freshName('many');
  const submitted = await Promise.all(
    Array.from({ length: 100 }, async () => jobs.submit(await printingJob('x'), { namespace })),
  );
  const ended = await Promise.all(submitted.map(({ id }) => watcher.jobs.handle(id, { namespace }).wait()));
  expect(ended.every(({ State }) => State?.StateType === 'Completed')).toBe(true);
  expect(requests).toBeLessThan(100);
}, 60_000);

test('waits that start after many other jobs have changed resolve soon, too', async () => {
  const namespace = freshName('many');
  await using own = new Bacalhau({ baseUrl: networkUrl(), env: {}, dir, namespace });
  // Jobs that no node suits end at once, if they may not wait for one.
  const { Tasks, ...rest } = await printingJob('hi');
  const spec: Job = {
    ...{ ...rest, Tasks: Tasks.map((task) => ({ ...task, Timeouts: {} })) },
    Constraints: [{ Key: 'no', Operator: '=', Values: ['node'] }],
  };
  const failing = async (count: number): Promise<string[]> => {
    const ids: string[] = [];
    await inLanes(8, Array(count), async () => {
      ids.push((await own.jobs.put({ Job: { ...spec, Name: freshName('failing') } })).JobID);
    });
    return ids;
  };
  const oldest = await failing(60);
  await failing(150);
  // What has just changed is always among the latest changes; these jobs have to be older.
  const changedAt = Math.max(...(await collect(own.jobs.list())).map(({ ModifyTime = 0 }) => ModifyTime / 1e6));
  await until(() => Date.now() - changedAt > 2_000);
  const latest = await failing(60);
  const ends = (ids: readonly string[]) => Promise.all(ids.map((id) => own.jobs.handle(id).wait()));
  await ends(latest);
  expect(await within(30_000, 'the waits for the oldest jobs', ends(oldest))).toHaveLength(60);
}, 240_000);

test('many small jobs take two requests each and a few shared ones', async () => {
  const module = await moduleOf('x', 0);
  const small = { resources: { cpu: '10m', memory: '32MB' }, timeouts: { queueSeconds: 60 } };
  requests.length = 0;
  const inputs = Array.from({ length: 60 }, (_, index) => index);
  const items = await collect(
    jobs.map(inputs, (index) => wasm({ ...small, module, parameters: [`${index}`] }), { output: 'beginning' }),
  );
  expect(items.filter(({ status }) => status === 'fulfilled')).toHaveLength(60);
  const of = (name: string): number =>
    requests.filter(({ operation, attempt }) => operation === name && attempt === 1).length;
  expect(of('jobs.put')).toBe(60);
  // A poll of a job by itself that shows its end brings its executions along.
  expect(of('jobs.executions')).toBeLessThanOrEqual(60);
  expect(requests.length).toBeLessThan(60 * 3);
});
