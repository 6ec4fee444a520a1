import { Bacalhau } from '../../src/client/bacalhau.js';
import type { ClientOptions } from '../../src/http/options.js';
import type { Job } from '../../src/index.js';
import type { LogEntry } from '../../src/logs/options.js';
import { keyDirectory } from '../support/key-directory.js';
import { shellJob, textOf } from '../support/logs.js';
import { collect } from '../support/network.js';
import { describeWith } from '../support/requirements.js';
import { killOrchestrator, mortalDevnet } from '../support/restart.js';
import { printingJob, sleepingJob } from '../support/wasm-jobs.js';
import { until, within } from '../support/within.js';

const dir = keyDirectory();
const clientOf = (baseUrl: string, options: ClientOptions = {}) =>
  new Bacalhau({ baseUrl, dir, env: {}, logLevel: 'off', ...options });

test('a hundred waits and some followed histories end correctly although the orchestrator is killed and started again', async () => {
  await using devnet = await mortalDevnet();
  let unanswered = 0;
  const onResponse: ClientOptions['onResponse'] = ({ status }) => {
    if (status === undefined) unanswered += 1;
  };
  await using bacalhau = clientOf(devnet.url, { onResponse });
  const submit = (count: number, make: () => Promise<Job>) =>
    Promise.all(Array.from({ length: count }, async () => bacalhau.jobs.submit(await make())));
  const Constraints = [{ Key: 'nowhere', Operator: '=', Values: ['true'] }];
  const unplaced = await submit(40, () => printingJob('never', { Constraints }));
  // These end while the orchestrator is dead; the last ones may be anywhere when it dies.
  const running = await submit(20, () => sleepingJob(5));
  const handles = [...unplaced, ...running, ...(await submit(40, () => printingJob('fresh')))];

  // A killed server loses jobs that it has not scheduled yet (seen on 1.9.3): wait until none of these is.
  const unsettled = new Set(handles.slice(unplaced.length).map(({ id }) => id));
  const onUpdate = ({ ID = '', State }: Job): void => {
    if (State?.StateType !== 'Pending') unsettled.delete(ID);
  };
  const waits = handles.map((handle) => handle.wait({ onUpdate }));
  const histories = unplaced.slice(0, 3).map((handle) => handle.history({ follow: true, eventType: 'all' }));
  await Promise.all(histories.map((history) => history.next()));
  const told = Promise.all(histories.map(collect));
  await until(() => unsettled.size === 0);
  await killOrchestrator(devnet, () => until(() => unanswered >= 3));
  await Promise.all(unplaced.map((handle) => handle.stop('after the restart')));

  const ended = await within(120_000, 'one of the waits', Promise.all(waits));
  const states = new Set(ended.map(({ State }, index) => `${index < unplaced.length} ${State?.StateType}`));
  expect(states).toEqual(new Set(['true Stopped', 'false Completed']));
  for (const [index, handle] of handles.entries()) {
    const { ID, Version, State } = await handle.refresh();
    const told = ended[index];
    expect(told).toMatchObject({ ID, Version });
    if (told?.State?.Message?.includes('did not take note')) {
      // The server failed to end it, but all of its work is done.
      const { items } = await handle.executions();
      expect(items.map(({ ComputeState }) => ComputeState.StateType)).toEqual([9]);
    } else {
      expect(told).toMatchObject({ State });
    }
  }
  for (const events of await within(60_000, 'one of the histories', told)) {
    expect(events.map(({ Event }) => Event.Details?.['Reason'])).toContain('after the restart');
  }
}, 240_000);

describeWith(['docker'], 'with Docker', () => {
  test('a log is followed to its end without loss or repetition although the orchestrator is killed', async () => {
    await using devnet = await mortalDevnet();
    await using bacalhau = clientOf(devnet.url);
    const lines = 100;
    const { Job } = shellJob(`for i in $(seq ${lines}); do echo line $i; sleep 0.2; done`);
    const job = await bacalhau.jobs.submit(Job);
    const entries: LogEntry[] = [];
    const reasons: string[] = [];
    const reading = (async () => {
      for await (const entry of job.logs({ follow: true, onReconnect: ({ reason }) => reasons.push(reason) })) {
        entries.push(entry);
      }
    })();
    await until(() => entries.length >= 10);
    await killOrchestrator(devnet, () => until(() => reasons.length > 0));
    await within(120_000, 'the log', reading);
    expect(textOf(entries)).toBe(Array.from({ length: lines }, (_, index) => `line ${index + 1}\n`).join(''));
    expect(entries.filter(({ incomplete }) => incomplete)).toEqual([]);
    expect((await job.wait()).State?.StateType).toBe('Completed');
  }, 240_000);
});
