import { execFileSync } from 'node:child_process';
import { startDevnet } from 'bacalhau-devnet';
import { LegacyJobError } from '../../../src/legacy/errors.js';
import { type LegacyJobs, legacyJobId } from '../../../src/legacy/legacy-jobs.js';
import type { LegacyJob } from '../../../src/legacy/options.js';
import { runsOf } from '../../../src/legacy/runs.js';
import { legacyNetwork } from '../../support/legacy.js';
import { describeWith, testWhere } from '../../support/requirements.js';

const IMAGE = process.env['BACALHAU_TEST_UBUNTU_IMAGE'] ?? 'ubuntu:latest';

/** As in the documentation, with the publisher that needs no account. */
const inDocker = (...Entrypoint: string[]): LegacyJob => ({
  Spec: {
    Engine: 'Docker',
    Verifier: 'Noop',
    Publisher: 'Ipfs',
    Docker: { Image: IMAGE, Entrypoint },
    outputs: [{ StorageSource: 'IPFS', Name: 'outputs', path: '/outputs' }],
    Sharding: { BatchSize: 1, GlobPatternBasePath: '/inputs' },
  },
  Deal: { Concurrency: 1 },
});

describeWith(['legacy', 'docker'], 'Docker jobs on a node of a real server 0.3.16', () => {
  // The images are here already, and no test should depend on a registry.
  const network = legacyNetwork({ executor: 'docker', env: { SKIP_IMAGE_PULL: '1' } });
  let jobs: LegacyJobs;
  beforeAll(() => {
    jobs = network.client();
  });

  const failure = async (job: LegacyJob): Promise<unknown> => {
    const id = legacyJobId((await jobs.submit(job)).job);
    return jobs.wait(id, { timeoutMs: 60_000 }).catch((error: unknown) => error);
  };

  test('one runs, prints, and has its result in IPFS', async () => {
    const { job } = await jobs.submit(inDocker('sh', '-c', 'echo "<a&b>" && echo hi > /outputs/x'));
    const id = legacyJobId(job);
    const { runs } = await jobs.wait(id, { timeoutMs: 60_000 });
    expect(runs).toEqual([
      expect.objectContaining({
        nodeId: network.nodeIds()[0],
        state: 'Completed',
        output: expect.objectContaining({ stdout: '<a&b>\n', exitCode: 0 }),
        published: { StorageSource: 'IPFS', Name: expect.stringContaining(id), CID: expect.stringMatching(/^Qm/) },
      }),
    ]);
    const { results } = await jobs.results(id);
    expect(results).toEqual([{ NodeID: runs[0]?.nodeId, Data: runs[0]?.published }]);
    // Each answer is held against the document on its way.
    await jobs.list({ id });
    await jobs.states(id);
    await jobs.events(id);
    await jobs.localEvents(id);
  }, 120_000);

  testWhere(
    ['legacy-exit-code', 'fails the job'],
    'a failed job has the message of its node, which the states lack',
    async () => {
      const error = await failure(inDocker('sh', '-c', 'echo oops >&2; exit 3'));
      expect(error).toBeInstanceOf(LegacyJobError);
      expect(error).toMatchObject({
        outcome: 'failed',
        message: expect.stringMatching(/^Job [0-9a-f-]{36} failed: exit code was not zero: 3$/),
        causes: [{ nodeId: network.nodeIds()[0], message: 'exit code was not zero: 3' }],
      });
      const { state } = await jobs.states(error instanceof LegacyJobError ? error.jobId : '');
      expect(runsOf(state)).toEqual([expect.objectContaining({ state: 'Error' })]);
      expect(runsOf(state)[0]?.status).not.toMatch(/exit code/);
    },
    120_000,
  );

  test('an image that is not there is the cause', async () => {
    const job = inDocker('date');
    const Docker = { ...job.Spec.Docker, Image: 'no-such-image:1' };
    expect(await failure({ ...job, Spec: { ...job.Spec, Docker } })).toMatchObject({
      name: 'LegacyJobError',
      message: expect.stringMatching(/No such image: no-such-image:1/i),
    });
  }, 120_000);

  test('a job that exceeds its timeout is ended', async () => {
    const job = inDocker('sleep', '60');
    expect(await failure({ ...job, Spec: { ...job.Spec, Timeout: 3 } })).toMatchObject({
      name: 'LegacyJobError',
      message: expect.stringMatching(/deadline exceeded/),
    });
  }, 120_000);

  test('a container that runs at the network’s end goes with it', async () => {
    const devnet = await startDevnet({ server: '0.3.16', executor: 'docker', env: { SKIP_IMAGE_PULL: '1' } });
    const containers = (): string => {
      const filter = `label=bacalhau-executor=bacalhau-${devnet.nodes[0]?.id}`;
      return execFileSync('docker', ['ps', '--all', '--quiet', '--filter', filter], { encoding: 'utf8' });
    };
    try {
      await network.client({ baseUrl: devnet.url }).submit(inDocker('sleep', '600'));
      const deadline = Date.now() + 30_000;
      while (containers() === '' && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 100));
      expect(containers()).not.toBe('');
    } finally {
      await devnet.stop();
    }
    expect(containers()).toBe('');
  }, 120_000);
});
