import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Job } from 'bacalhau-apiclient';
import { docker } from '../../src/builders/docker.js';
import { inputs } from '../../src/builders/inputs.js';
import { wasm } from '../../src/builders/wasm.js';
import { parseRelease } from '../../src/model/release.js';
import { checkJob } from '../../src/spec/check-job.js';
import { completeAtSubmission } from '../../src/spec/completion.js';
import { fingerprintOf } from '../../src/spec/fingerprint.js';
import type { JobSpec } from '../../src/spec/job-spec.js';
import { toJobInput } from '../../src/spec/to-job-input.js';
import { moduleOf } from '../support/wasm-jobs.js';

const today = { serverRelease: parseRelease('v1.9.3') };
const before17 = { serverRelease: parseRelease('v1.4.0') };
const ECHO = { image: 'ubuntu', parameters: ['echo', 'hi'], labels: { team: 'blue' }, env: { GREETING: 'hi' } };
const ECHO_JOB = {
  Type: 'batch',
  Count: 1,
  Labels: { team: 'blue' },
  Tasks: [
    {
      Name: 'main',
      Engine: { Type: 'docker', Params: { Image: 'ubuntu', Parameters: ['echo', 'hi'] } },
      Env: { GREETING: 'hi' },
    },
  ],
};
const ON_NODE = { module: { nodePath: '/srv/m.wasm' }, parameters: ['a'] };

const complete = (spec: JobSpec, context = today) => toJobInput(spec, async () => context);

describe('a job that docker built', () => {
  const job = docker(ECHO);

  test('is a plain job when it is read, spread, copied or sent', async () => {
    const asJob: Job = job;
    expect(asJob).toEqual(ECHO_JOB);
    expect(Object.keys(job).sort()).toEqual(Object.keys(ECHO_JOB).sort());
    expect({ ...job }).toStrictEqual(ECHO_JOB);
    expect({ ...{ ...job, Name: 'x' }, Priority: 1 }).toStrictEqual({ ...ECHO_JOB, Name: 'x', Priority: 1 });
    expect(structuredClone(job)).toStrictEqual(ECHO_JOB);
    expect(JSON.parse(JSON.stringify({ Job: job }))).toStrictEqual({ Job: ECHO_JOB });
    expect(await job.toJob(today)).toStrictEqual(ECHO_JOB);
    expect(await job.toJob()).toStrictEqual(ECHO_JOB);
  });

  test('is submitted without asking for the server’s release', async () => {
    const getContext = jest.fn(async () => today);
    expect(await toJobInput(job, getContext)).toEqual(ECHO_JOB);
    expect(await toJobInput({ ...job, Name: 'x' }, getContext)).toStrictEqual({ ...ECHO_JOB, Name: 'x' });
    expect(getContext).not.toHaveBeenCalled();
  });
});

describe('a job that wasm built', () => {
  test('can be read before it is submitted, as newer servers expect it', () => {
    const asJob: Job = wasm({ ...ON_NODE, name: 'hello' });
    expect(asJob).toMatchObject({
      Name: 'hello',
      Type: 'batch',
      Count: 1,
      Tasks: [
        {
          Engine: {
            Type: 'wasm',
            Params: { EntryModule: '/bacalhau-module/main.wasm', Entrypoint: '_start', Parameters: ['a'] },
          },
          InputSources: [{ Source: { Type: 'localDirectory' }, Target: '/bacalhau-module/main.wasm' }],
        },
      ],
    });
  });

  test.each([
    ['newer', today],
    ['older', before17],
  ])('is the same after any number of spreads, on %s servers', async (_, context) => {
    const job = wasm(ON_NODE);
    const plain = await job.toJob(context);
    expect(Object.getOwnPropertySymbols(plain.Tasks[0] ?? {})).toEqual([]);
    const named = await complete({ ...{ ...job, Name: 'x' }, Priority: 1 }, context);
    expect(named).toStrictEqual({ ...plain, Name: 'x', Priority: 1 });
    expect(await complete(job, context)).toStrictEqual(plain);
    // It is complete now: nothing is left to do.
    expect(await complete(named, context)).toBe(named);
  });

  test('keeps changes to the task', async () => {
    const job = wasm(ON_NODE);
    const extra = inputs.local({ path: '/data', target: '/data' });
    const Tasks = job.Tasks.map((task) => ({
      ...task,
      Name: 'changed',
      InputSources: [...(task.InputSources ?? []), extra],
    }));
    const [newer] = (await complete({ ...job, Tasks }, today)).Tasks;
    expect(newer).toMatchObject({ Name: 'changed', InputSources: [{}, extra] });
    const [older] = (await complete({ ...job, Tasks }, before17)).Tasks;
    expect(older).toMatchObject({
      Name: 'changed',
      Engine: { Params: { EntryModule: { Source: { Type: 'localDirectory' } }, EntryPoint: '_start' } },
      InputSources: [extra],
    });
  });

  test('reads its file at each submission, also after a spread', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'bacalhau-built-'));
    const module = join(folder, 'm.wasm');
    const named = { ...wasm({ module }), Name: 'x' };
    await expect(complete(named)).rejects.toMatchObject({ name: 'InvalidJobError', field: 'module' });
    const contents: unknown[] = [];
    for (const text of ['one', 'two']) {
      await writeFile(module, await moduleOf(text, 0));
      const [task] = (await complete(named)).Tasks;
      contents.push(task?.InputSources?.[0]?.Source.Params);
    }
    expect(contents).toEqual([
      { URL: expect.stringMatching(/^data:application\/wasm;base64,AGFzb/) },
      { URL: expect.stringMatching(/^data:application\/wasm;base64,AGFzb/) },
    ]);
    expect(contents[0]).not.toEqual(contents[1]);
    await rm(folder, { recursive: true });
  });

  test('of bytes is whole in a copy by JSON and by structuredClone', async () => {
    const job = wasm({ module: await moduleOf('x', 0) });
    const plain = await job.toJob(today);
    expect(JSON.parse(JSON.stringify(job))).toStrictEqual(plain);
    expect(structuredClone(job)).toStrictEqual(plain);
  });
});

test('a copy by JSON that lost its file is refused with advice, not sent', async () => {
  const copy: unknown = JSON.parse(JSON.stringify(wasm({ module: './hello.wasm' })));
  expect(() => checkJob(copy)).toThrow(
    expect.objectContaining({ field: 'Job.Tasks[0].InputSources[0].Source.Params.URL' }),
  );
  expect(() => checkJob(copy)).toThrow(
    /is "\.\/hello\.wasm", not a data: URL\. Pass what wasm\(\), inputs\.files\(\) or job\.asInput\(\) returned/,
  );
  checkJob(await wasm(ON_NODE).toJob(today));
  checkJob(docker({ ...ECHO, inputs: [inputs.inline({ content: 'x', target: '/x' })] }));
});

test('an input is completed once for each submission, with the release, whatever built its job', async () => {
  const fetched = inputs.local({ path: '/fetched', target: '/in' });
  const finish = jest.fn(async () => fetched);
  const input = completeAtSubmission(inputs.local({ path: '/pending', target: '/in' }), finish);
  for (const spec of [
    docker({ ...ECHO, inputs: [input] }),
    { ...docker({ ...ECHO, inputs: [{ ...input, Alias: 'x' }] }), Name: 'x' },
    wasm({ ...ON_NODE, inputs: [input] }),
  ]) {
    finish.mockClear();
    const [task] = (await complete(spec)).Tasks;
    expect(task?.InputSources?.at(-1)).toBe(fetched);
    expect(finish).toHaveBeenCalledTimes(1);
    expect(finish).toHaveBeenCalledWith(expect.objectContaining({ Target: '/in' }), today);
  }
});

test('a custom builder is called once, and its job is completed', async () => {
  const toJob = jest.fn(async () => ({ ...wasm(ON_NODE), Name: 'own' }));
  expect(await complete({ toJob }, before17)).toStrictEqual(await wasm({ ...ON_NODE, name: 'own' }).toJob(before17));
  expect(toJob).toHaveBeenCalledTimes(1);
  expect(toJob).toHaveBeenCalledWith(before17);
});

test.each([undefined, null, 5, 'job', [], { Tasks: 5 }, { Tasks: [null, { InputSources: 'x' }] }])(
  '%j is left to the check of jobs',
  async (spec) => {
    expect(await complete(spec as never)).toBe(spec);
  },
);

test('fingerprint: a job that was submitted by an earlier release is found again', async () => {
  expect(await fingerprintOf(docker(ECHO))).toBe('61065651ca9e3cfed673b911ba79aa1c7942609dbed14b2d01be60087dcd83f2');
  expect(await fingerprintOf({ ...docker(ECHO), Name: 'x' })).toBe(await fingerprintOf(docker(ECHO)));
  expect(await fingerprintOf(await wasm(ON_NODE).toJob(today))).toBe(
    'a8efc459a18ca575c7e04d0c0bd8f516f5f2fd5403f5534d080e1ebde039b6e3',
  );
  expect(await fingerprintOf(await wasm(ON_NODE).toJob(before17))).toBe(
    '576597294f305574f6516814114d0e6f0c6879a79ebb9c189bf8a15d773d7ffc',
  );
});
