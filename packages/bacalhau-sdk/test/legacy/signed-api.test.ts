import { ConflictError, NotFoundError, PermissionDeniedError } from '../../src/errors/api-errors.js';
import { UnsupportedByServerError } from '../../src/errors/client-errors.js';
import { LegacyJobError } from '../../src/legacy/errors.js';
import { legacyJobId } from '../../src/legacy/legacy-jobs.js';
import type { LegacyJob } from '../../src/legacy/options.js';
import { legacyNetwork } from '../support/legacy.js';
import { describeWith } from '../support/requirements.js';
import { moduleOf, sleepingJob } from '../support/wasm-jobs.js';

/** 1.4.0 with its signed API switched on, which stands for 1.1 to 1.3. */
describeWith(['legacy'], 'the signed API of 1.4.0', () => {
  const network = legacyNetwork({ server: '1.4.0', signedApi: true });
  const unknown = 'j-00000000-0000-4000-8000-000000000000';

  const jobOf = (module: Uint8Array): LegacyJob => ({
    Spec: {
      Engine: 'Wasm',
      Verifier: 'Noop',
      PublisherSpec: { Type: 'Noop' },
      Wasm: {
        EntryModule: {
          StorageSource: 'Inline',
          URL: `data:application/wasm;base64,${Buffer.from(module).toString('base64')}`,
          path: '/program.wasm',
        },
        EntryPoint: '_start',
      },
    },
  });
  const endless = async (): Promise<LegacyJob> => {
    const [source] = (await sleepingJob(60)).Tasks[0]?.InputSources ?? [];
    const url = String(Object(source?.Source.Params)['URL']);
    return jobOf(Buffer.from(url.slice(url.indexOf(',') + 1), 'base64'));
  };

  test('has every call, without the server’s version being given', async () => {
    const jobs = network.client();
    const { job } = await jobs.submit(jobOf(await moduleOf('hello', 0)));
    const id = legacyJobId(job);
    const { runs } = await jobs.wait(id, { timeoutMs: 30_000 });
    expect(runs).toMatchObject([{ state: 'Completed', output: { stdout: 'hello', exitCode: 0 } }]);
    expect(await jobs.states(id)).toMatchObject({ state: { State: 'Completed', JobID: id } });
    expect((await jobs.results(id)).results).toHaveLength(1);
    expect((await jobs.events(id)).events[0]).toMatchObject({ Type: 'JobLevel', Comment: 'Job submitted' });
    const { jobs: listed } = await jobs.list();
    expect(listed.map((item) => ('Job' in item ? legacyJobId(item.Job) : ''))).toEqual([id]);
    await expect(jobs.localEvents(id)).rejects.toBeInstanceOf(UnsupportedByServerError);
  }, 60_000);

  test('cancels a job of its own only, and again, but none that has completed', async () => {
    const jobs = network.client();
    const id = legacyJobId((await jobs.submit(await endless())).job);
    const failure = network.client().cancel(id);
    await expect(failure).rejects.toBeInstanceOf(PermissionDeniedError);
    await expect(failure).rejects.toThrow(/belongs to another client/);
    expect(await jobs.cancel(id, 'enough')).toMatchObject({ state: { State: 'Cancelled' } });
    expect(await jobs.cancel(id)).toMatchObject({ state: { State: 'Cancelled' } });
    await expect(jobs.wait(id)).rejects.toBeInstanceOf(LegacyJobError);
    const done = legacyJobId((await jobs.submit(jobOf(await moduleOf('x', 0)))).job);
    await jobs.wait(done, { timeoutMs: 30_000 });
    await expect(jobs.cancel(done)).rejects.toBeInstanceOf(ConflictError);
  }, 60_000);

  test('a program that exits with another code than 0 completes its job', async () => {
    const jobs = network.client();
    const id = legacyJobId((await jobs.submit(jobOf(await moduleOf('x', 3)))).job);
    const { runs } = await jobs.wait(id, { timeoutMs: 30_000 });
    expect(runs).toMatchObject([{ state: 'Completed', output: { exitCode: 3 } }]);
  }, 60_000);

  test.each([unknown, 'j-nope'])('an unknown job is a NotFoundError: %s', async (id) => {
    const jobs = network.client();
    const calls = [
      () => jobs.states(id),
      () => jobs.results(id),
      () => jobs.events(id),
      () => jobs.cancel(id),
      () => jobs.wait(id),
      () => jobs.list({ id }),
    ];
    for (const call of calls) {
      await expect(Promise.resolve(call())).rejects.toBeInstanceOf(NotFoundError);
    }
  });
});

describeWith(['legacy'], 'without its version being given,', () => {
  describe.each(['1.4.0', '1.6.0'])('a server %s that has it switched off', (server) => {
    const network = legacyNetwork({ server, computeNodes: 0 });

    test('has none of the calls, and each error names the one that does the same', async () => {
      const jobs = network.client();
      const calls = [
        () => jobs.submit({ Spec: { Engine: 'Noop', Verifier: 'Noop', PublisherSpec: { Type: 'Noop' } } }),
        () => jobs.list(),
        () => jobs.states('j-1'),
        () => jobs.results('j-1'),
        () => jobs.events('j-1'),
        () => jobs.localEvents('j-1'),
        () => jobs.cancel('j-1'),
        () => jobs.wait('j-1'),
      ];
      for (const call of calls) {
        const failure = await Promise.resolve(call()).catch((error: unknown) => error);
        expect(failure).toBeInstanceOf(UnsupportedByServerError);
        expect(failure).toMatchObject({ message: expect.stringMatching(/ jobs\.\w+ of `new Bacalhau\(\)`\.$/) });
      }
    });
  });
});
