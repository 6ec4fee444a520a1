import { UnsupportedByServerError } from '../../src/errors/client-errors.js';
import { JobExistsError, JobFailedError } from '../../src/errors/job-errors.js';
import type { Job } from '../../src/index.js';
import { SubmittedJob } from '../../src/job/submitted-job.js';
import { collect, freshName, networkClient } from '../support/network.js';
import { testWhere, testWith } from '../support/requirements.js';
import { has } from '../support/server.js';
import { endlessJob, printingJob } from '../support/wasm-jobs.js';

const namespace = freshName('submission');
const bacalhau = networkClient({ namespace });
const { jobs } = bacalhau;

/** How often a job of this name was made: as another version, or, on older servers, as another job. */
async function timesMade({ id, name }: { readonly id: string; readonly name: string | undefined }): Promise<number> {
  const others = (await collect(jobs.list())).filter(({ ID, Name }) => Name === name && ID !== id);
  return others.length + (has('versions') ? (await jobs.versions(id)).items.length : 1);
}

describe('a job with an existing name', () => {
  let spec: Job;
  beforeEach(async () => {
    spec = await printingJob('same');
  });

  test('and the same specification is reused, not run again', async () => {
    const first = await jobs.submit(spec);
    expect(first).toBeInstanceOf(SubmittedJob);
    expect(first).toMatchObject({ attempts: 1, deduplicated: false, warnings: [] });
    await first.wait();
    // Neither the order of keys nor what the SDK wrote into it matters.
    const { Tasks, ...rest } = spec;
    const second = await jobs.submit({ Tasks, ...rest, Meta: { 'bacalhau-sdk/fingerprint': 'stale' } });
    expect(second).toMatchObject({ id: first.id, attempts: 0, deduplicated: true });
    expect(await timesMade({ id: first.id, name: spec.Name })).toBe(1);
    const result = await jobs.run(spec);
    expect(result).toMatchObject({ jobId: first.id, stdout: 'same', attempts: 0, deduplicated: true });
    expect(await collect(jobs.executions(first.id))).toHaveLength(1);
  });

  test('and another specification is a JobExistsError that names the existing job', async () => {
    const first = await jobs.submit(spec);
    const other = { ...spec, Priority: 7 };
    const error = await jobs.submit(other).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(JobExistsError);
    expect(error).toMatchObject({ jobId: first.id, job: { Name: spec.Name }, isSame: false });
    expect(String(error)).toContain(first.id);
    expect(await timesMade({ id: first.id, name: spec.Name })).toBe(1);
  });

  testWhere(['same-name', '`onExisting` decides'], 'is updated once with onExisting: update', async () => {
    const first = await jobs.submit(spec);
    const other = { ...spec, Priority: 7 };
    const second = await jobs.submit(other, { onExisting: 'update' });
    expect(second).toMatchObject({ id: first.id, attempts: 1, deduplicated: false });
    const third = await jobs.submit(other, { onExisting: 'update' });
    expect(third).toMatchObject({ id: first.id, attempts: 1, deduplicated: true });
    expect(await timesMade({ id: first.id, name: spec.Name })).toBe(2);
  });

  testWhere(['same-name', 'not updated'], 'is not updated, and the error says why', async () => {
    const first = await jobs.submit(spec);
    const update = jobs.submit({ ...spec, Priority: 7 }, { onExisting: 'update' });
    await expect(update).rejects.toBeInstanceOf(UnsupportedByServerError);
    await expect(update).rejects.toThrow(/onExisting "update" needs a server from 1\.8\.0 on/);
    expect(await timesMade({ id: first.id, name: spec.Name })).toBe(1);
  });

  test('is an error with onExisting: error, even with the same specification', async () => {
    const first = await jobs.submit(spec, { onExisting: 'error' });
    const error = await jobs.submit(spec, { onExisting: 'error' }).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(JobExistsError);
    expect(error).toMatchObject({ jobId: first.id, isSame: true });
  });

  test('in another namespace is another job', async () => {
    const first = await jobs.submit(spec);
    const second = await jobs.submit(spec, { namespace: freshName('elsewhere') });
    expect(second.id).not.toBe(first.id);
    expect(second.deduplicated).toBe(false);
  });

  testWith(['versions'], 'that is submitted many times at once is created once', async () => {
    const handles = await Promise.all(Array.from({ length: 20 }, () => jobs.submit(spec)));
    expect(new Set(handles.map(({ id }) => id)).size).toBe(1);
    expect(handles.filter(({ deduplicated }) => !deduplicated)).toHaveLength(1);
    const [handle] = handles;
    await handle?.wait();
    expect(await timesMade({ id: handle?.id ?? '', name: spec.Name })).toBe(1);
    expect((await handle?.executions())?.items).toHaveLength(1);
  });
});

test('a failed job is reused as failed, not run again', async () => {
  const spec: Job = {
    ...(await printingJob('nowhere')),
    Constraints: [{ Key: 'place', Operator: '=', Values: ['nowhere'] }],
  };
  const withoutQueue = { ...spec, Tasks: spec.Tasks.map((task) => ({ ...task, Timeouts: {} })) };
  const first = await jobs.run(withoutQueue).catch((caught: unknown) => caught);
  expect(first).toBeInstanceOf(JobFailedError);
  const second = await jobs.submit(withoutQueue);
  expect(second.deduplicated).toBe(true);
  expect((await second.refresh()).State?.StateType).toBe('Failed');
  expect(await timesMade({ id: second.id, name: spec.Name })).toBe(1);
});

test('aborting a run does not stop a job that somebody else submitted', async () => {
  const spec = await endlessJob();
  const job = await jobs.submit(spec);
  const controller = new AbortController();
  const running = jobs.run(spec, { signal: controller.signal, onUpdate: () => controller.abort() });
  await expect(running).rejects.toMatchObject({ name: 'RequestAbortedError' });
  expect((await job.refresh()).State?.StateType).not.toBe('Stopped');
  await job.stop();
});

test.each(['a/b', '..', 'back\\slash'])(
  'the name %p, which cannot be looked up, is refused before anything is sent',
  async (Name) => {
    await expect(jobs.submit({ ...(await printingJob('name')), Name })).rejects.toMatchObject({
      name: 'InvalidJobError',
      field: 'Job.Name',
    });
  },
);

test('a name that is a prefix of an id does not match that job', async () => {
  const first = await jobs.submit({ ...(await printingJob('prefix')), Name: '' });
  const Name = first.id.slice(0, 12);
  const second = await jobs.submit({ ...(await printingJob('prefix')), Name });
  expect(second.id).not.toBe(first.id);
  expect(second.deduplicated).toBe(false);
});

test('an unknown value of onExisting is refused', async () => {
  // @ts-expect-error: what plain JavaScript can do
  await expect(jobs.submit(await printingJob('x'), { onExisting: 'replace' })).rejects.toMatchObject({
    name: 'InvalidArgumentError',
    argument: 'onExisting',
  });
});
