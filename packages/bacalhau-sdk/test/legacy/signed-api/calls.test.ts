import { ConflictError, NotFoundError, PermissionDeniedError } from '../../../src/errors/api-errors.js';
import { UnsupportedByServerError } from '../../../src/errors/client-errors.js';
import { LegacyJobError, LegacySignatureError } from '../../../src/legacy/errors.js';
import { legacyJobId } from '../../../src/legacy/legacy-jobs.js';
import type { LegacyJob } from '../../../src/legacy/options.js';
import { clientIdOf, legacyNetwork, newKey, signerOf } from '../../support/legacy.js';
import { describeWith, testWhere, testWith } from '../../support/requirements.js';
import { moduleOf, sleepingModule } from '../../support/wasm-jobs.js';

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

  testWith(
    ['legacy-submit', 'legacy-list', 'legacy-states'],
    'the server’s version need not be given',
    async () => {
      const jobs = network.client();
      const { job } = await jobs.submit(jobOf(await moduleOf('hello', 0)));
      const id = legacyJobId(job);
      const { runs } = await jobs.wait(id, { timeoutMs: 30_000 });
      expect(runs).toMatchObject([{ state: 'Completed', output: { stdout: 'hello', exitCode: 0 } }]);
      expect(await jobs.states(id)).toMatchObject({ state: { State: 'Completed', JobID: id } });
      expect((await jobs.results(id)).results).toHaveLength(1);
      const { jobs: listed } = await jobs.list();
      expect(listed.map((item) => ('Job' in item ? legacyJobId(item.Job) : ''))).toEqual([id]);
    },
    60_000,
  );

  testWhere(['legacy-events', 'changes of states'], 'events returns the history', async () => {
    const jobs = network.client();
    const id = legacyJobId((await jobs.submit(jobOf(await moduleOf('hello', 0)))).job);
    await jobs.wait(id, { timeoutMs: 30_000 });
    expect((await jobs.events(id)).events[0]).toMatchObject({ Type: 'JobLevel', Comment: 'Job submitted' });
  });

  testWhere(['legacy-local-events', 'no'], 'local events are for older servers', async () => {
    await expect(network.client().localEvents(unknown)).rejects.toBeInstanceOf(UnsupportedByServerError);
  });

  testWith(
    ['legacy-signature'],
    'a signature with another key is refused, and the error says what does not match',
    async () => {
      const own = newKey();
      const payloadSigner = signerOf({ clientId: clientIdOf(own.key), publicKey: own.publicKey, key: newKey().key });
      const failure = network.client({ payloadSigner }).submit(jobOf(await moduleOf('x', 0)));
      await expect(failure).rejects.toBeInstanceOf(LegacySignatureError);
      await expect(failure).rejects.toMatchObject({ problem: 'key' });
    },
  );

  testWith(
    ['legacy-cancel'],
    'cancels a job of its own only, and again, but none that has completed or failed',
    async () => {
      const jobs = network.client();
      const id = legacyJobId((await jobs.submit(jobOf(await sleepingModule(60)))).job);
      const failure = network.client().cancel(id);
      await expect(failure).rejects.toBeInstanceOf(PermissionDeniedError);
      await expect(failure).rejects.toThrow(/belongs to another client.*BACALHAU_DIR, or the option payloadSigner/);
      // Other credentials for the API would change nothing, though the server answers 401.
      await expect(failure).rejects.not.toThrow(/BACALHAU_API_KEY/);
      expect(await jobs.cancel(id, 'enough')).toMatchObject({ state: { State: 'Cancelled' } });
      expect(await jobs.cancel(id)).toMatchObject({ state: { State: 'Cancelled' } });
      await expect(jobs.wait(id)).rejects.toBeInstanceOf(LegacyJobError);
      const done = legacyJobId((await jobs.submit(jobOf(await moduleOf('x', 0)))).job);
      await jobs.wait(done, { timeoutMs: 30_000 });
      await expect(jobs.cancel(done)).rejects.toBeInstanceOf(ConflictError);
      const failed = legacyJobId((await jobs.submit(jobOf(await moduleOf('x', 0, { names: false })))).job);
      await expect(jobs.wait(failed, { timeoutMs: 30_000 })).rejects.toBeInstanceOf(LegacyJobError);
      await expect(jobs.cancel(failed)).rejects.toBeInstanceOf(ConflictError);
    },
    60_000,
  );

  testWhere(
    ['legacy-exit-code', 'completes the job'],
    'a program that exits with another code than 0 completes its job',
    async () => {
      const jobs = network.client();
      const id = legacyJobId((await jobs.submit(jobOf(await moduleOf('x', 3)))).job);
      const { runs } = await jobs.wait(id, { timeoutMs: 30_000 });
      expect(runs).toMatchObject([{ state: 'Completed', output: { exitCode: 3 } }]);
    },
    60_000,
  );

  testWith(['legacy-unknown-job'], 'an unknown job is a NotFoundError', async () => {
    const jobs = network.client();
    const calls = [unknown, 'j-nope'].flatMap((id) => [
      () => jobs.states(id),
      () => jobs.results(id),
      () => jobs.events(id),
      () => jobs.cancel(id),
      () => jobs.wait(id),
      () => jobs.list({ id }),
    ]);
    for (const call of calls) {
      const failure = Promise.resolve(call());
      await expect(failure).rejects.toBeInstanceOf(NotFoundError);
      await expect(failure).rejects.toThrow(/job not found/i);
    }
  });
});
