import { getEventListeners } from 'node:events';
import { docker } from '../../src/builders/docker.js';
import { wasm } from '../../src/builders/wasm.js';
import { Bacalhau } from '../../src/client/bacalhau.js';
import { NotFoundError } from '../../src/errors/api-errors.js';
import { RequestAbortedError, RequestTimeoutError } from '../../src/errors/call-errors.js';
import { InvalidJobError, UnsupportedByServerError } from '../../src/errors/client-errors.js';
import type { Job } from '../../src/index.js';
import { keyDirectory } from '../support/key-directory.js';
import { collect, freshName, networkClient } from '../support/network.js';
import { describeWith, testWhere, testWith } from '../support/requirements.js';
import { has, serverVersion } from '../support/server.js';
import { endlessJob, moduleOf, printingJob } from '../support/wasm-jobs.js';

const dir = keyDirectory();
const bacalhau = networkClient({ dir });
const { jobs } = bacalhau;

describe('submit', () => {
  test('returns a handle, and names a job that has no name', async () => {
    const { Name: _, ...nameless } = await printingJob('hi');
    const job = await jobs.submit(nameless);
    expect(job.id).toMatch(/^j-/);
    expect(job.namespace).toBe('default');
    expect(job.warnings).toEqual([]);
    expect((await job.refresh()).Name).toMatch(/^job-[0-9a-f]{16}$/);
    expect((await job.wait()).State?.StateType).toBe('Completed');
  });

  test('a handle keeps its namespace, and can be restored from its JSON', async () => {
    const namespace = freshName('ns');
    const job = await jobs.submit(await printingJob('hi'), { namespace });
    const stored = JSON.parse(JSON.stringify(job));
    expect(stored).toEqual({ id: job.id, namespace });
    const again = bacalhau.jobs.handle(stored.id, { namespace: stored.namespace });
    await again.wait();
    expect((await again.executions()).items).toHaveLength(1);
    expect((await again.history()).items.length).toBeGreaterThan(1);
    expect((await again.results()).items).toHaveLength(1);
  });

  testWith(['name-lookup'], 'a handle can be made from a job name', async () => {
    const spec = await printingJob('hi');
    await jobs.submit(spec);
    expect((await bacalhau.jobs.handle(spec.Name ?? '').wait()).Name).toBe(spec.Name);
  });
});

describe('wait', () => {
  test('reports every change and resolves when the job ends', async () => {
    const job = await jobs.submit(await printingJob('hi'));
    const states: (string | undefined)[] = [];
    const ended = await job.wait({ onUpdate: ({ State }) => states.push(State?.StateType) });
    expect(ended.State?.StateType).toBe('Completed');
    expect(states.at(-1)).toBe('Completed');
  });

  test('a timeout or an abort ends the wait, but not the job', async () => {
    const job = await jobs.submit(await endlessJob());
    const { signal } = new AbortController();
    const late = await job.wait({ timeoutMs: 1_500, signal }).catch((error: unknown) => error);
    expect(late).toBeInstanceOf(RequestTimeoutError);
    expect(String(late)).toMatch(/has not ended within 1500 ms; it is (Pending|Running)/);
    expect(getEventListeners(signal, 'abort')).toEqual([]);
    const controller = new AbortController();
    const given = job.wait({ signal: controller.signal }).catch((error: unknown) => error);
    controller.abort('enough');
    expect(await given).toBeInstanceOf(RequestAbortedError);
    expect((await job.refresh()).State?.StateType).not.toBe('Stopped');
    expect(await job.stop('done')).toMatchObject({ stopped: true });
    const { State } = await job.wait();
    expect(State?.StateType).toBe('Stopped');
    if (has('stop-reason')) expect(State?.Message).toBe('done');
  });

  test('an unknown job is an error at once', async () => {
    await expect(bacalhau.jobs.handle('j-nope').wait()).rejects.toBeInstanceOf(NotFoundError);
  });

  test('several waits for one job share its polls', async () => {
    const job = await jobs.submit(await printingJob('hi'));
    const ended = await Promise.all([job.wait(), job.wait(), bacalhau.jobs.handle(job.id).wait()]);
    expect(new Set(ended.map(({ ID }) => ID))).toEqual(new Set([job.id]));
  });

  test('closing the client aborts its waits', async () => {
    const other = new Bacalhau({ baseUrl: bacalhau.baseUrl, env: {}, dir });
    const job = await jobs.submit(await endlessJob());
    const waiting = other.jobs
      .handle(job.id)
      .wait()
      .catch((error: unknown) => error);
    await other.close();
    expect(await waiting).toBeInstanceOf(RequestAbortedError);
    await job.stop();
  });
});

describe('stop', () => {
  test('a job that has ended stays unchanged', async () => {
    const job = await jobs.submit(await printingJob('hi'));
    await job.wait();
    expect(await job.stop('late')).toEqual({ stopped: false, state: 'Completed' });
  });
});

describeWith(['own-network', 'versions'], 'versions', () => {
  test('a job can be updated, compared first, and rerun in an old version', async () => {
    const first = await printingJob('one');
    const job = await jobs.submit(first);
    await job.wait();
    const second: Job = { ...first, Priority: 3 };
    expect((await jobs.diff(first)).Diff).toBe('');
    expect((await jobs.diff(second)).Diff).toMatch(/Priority/);
    expect((await jobs.submit(second, { onExisting: 'update' })).id).toBe(job.id);
    await job.wait();
    const rerun = await job.rerun({ jobVersion: 1 });
    expect(rerun).toMatchObject({ JobID: job.id, JobVersion: 3 });
    await job.wait();
    expect((await job.versions()).items.map(({ Version, Priority }) => [Version, Priority])).toEqual([
      [1, 0],
      [2, 3],
      [3, 0],
    ]);
    expect((await jobs.get(job.id, { jobVersion: 2 })).Job?.Priority).toBe(3);
    expect(await collect(job.executions({ allJobVersions: true }))).toHaveLength(3);
  });

  test('a rerun of an unknown job or version is refused and not sent, because servers hang on it', async () => {
    const sent: string[] = [];
    const watched = bacalhau.withOptions({ onRequest: ({ method }) => void sent.push(method) });
    await expect(watched.jobs.rerun('j-nope')).rejects.toBeInstanceOf(NotFoundError);
    const job = await jobs.submit(await printingJob('hi'));
    await job.wait();
    await expect(watched.jobs.rerun(job.id, { jobVersion: 9 })).rejects.toBeInstanceOf(NotFoundError);
    expect(sent.filter((method) => method === 'PUT')).toEqual([]);
    expect((await jobs.submit(await printingJob('still alive'))).id).toMatch(/^j-/);
  });

  test('an unchanged job runs again with Force', async () => {
    const spec = await printingJob('again');
    const { JobID } = await jobs.put({ Job: spec });
    await bacalhau.jobs.handle(JobID).wait();
    await jobs.put({ Job: spec, Force: true });
    expect((await jobs.get(JobID)).Job?.Version).toBe(2);
  });
});

testWhere(['versions', 'no'], 'versions are not there, and the error says since when', async () => {
  const job = await jobs.submit(await printingJob('hi'));
  const spec = await printingJob('hi');
  for (const [name, call] of [
    ['versions', () => jobs.versions(job.id)],
    ['diff', () => jobs.diff(spec)],
    ['rerun', () => jobs.rerun(job.id)],
  ] as const) {
    const failure = await Promise.resolve(call()).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(UnsupportedByServerError);
    expect(String(failure)).toContain(`jobs.${name} needs a server from 1.8.0 on; this one is ${serverVersion}.`);
  }
  await job.wait();
  expect(await collect(job.executions())).toHaveLength(1);
});

test('a history is followed to the end of its job', async () => {
  const job = await jobs.submit(await endlessJob());
  const messages: string[] = [];
  let stopped = false;
  for await (const { Event } of job.history({ follow: true, eventType: 'all' })) {
    messages.push(Event.Message);
    if (!stopped && messages.length >= 3) {
      stopped = true;
      await job.stop('no longer needed');
    }
  }
  expect(messages[0]).toBe('Job submitted');
  expect((await job.refresh()).State?.StateType).toBe('Stopped');
});

describe('builders', () => {
  const built = async () => {
    const module = await moduleOf('built', 0);
    const job = await jobs.submit(
      wasm({
        resources: { cpu: '10m' },
        timeouts: { queueSeconds: 60 },
        module,
        parameters: ['a'],
        labels: { built: 'yes' },
      }),
    );
    expect((await job.wait()).State?.StateType).toBe('Completed');
    expect((await job.executions()).items[0]?.RunOutput).toMatchObject({ Stdout: 'built', ExitCode: 0 });
    const [task] = (await job.refresh()).Tasks;
    return task;
  };

  testWhere(['wasm-module', 'an input'], 'wasm() takes the bytes of a module', async () => {
    const task = await built();
    expect(task?.InputSources).toHaveLength(1);
    expect(task?.Engine.Params).toMatchObject({ EntryModule: expect.any(String) });
  });

  testWhere(['wasm-module', 'in the engine'], 'wasm() takes the bytes of a module', async () => {
    const task = await built();
    expect(task?.InputSources ?? []).toEqual([]);
    expect(task?.Engine.Params).toMatchObject({ EntryModule: { Source: expect.anything() } });
  });

  test('an invalid module is refused before anything is sent', async () => {
    await expect(jobs.submit(wasm({ module: new Uint8Array([1, 2, 3]) }))).rejects.toMatchObject({ field: 'module' });
    const stripped = await moduleOf('x', 0, { names: false });
    await expect(jobs.submit(wasm({ module: stripped }))).rejects.toThrow(/no name section/);
    await expect(jobs.submit(wasm({ module: './no-such-file.wasm' }))).rejects.toThrow(InvalidJobError);
  });

  test('a job that no node matches stays queued until its queue timeout', async () => {
    const constraints = [{ Key: 'planet', Operator: 'in', Values: ['mars'] }];
    const job = await jobs.submit(docker({ image: 'x', constraints, timeouts: { queueSeconds: 600 } }));
    const state = await new Promise((resolve) => {
      job
        .wait({ timeoutMs: 10_000, onUpdate: ({ State }) => State?.StateType === 'Queued' && resolve('Queued') })
        .catch(resolve);
    });
    expect(state).toBe('Queued');
    await job.stop();
  });
});
