import { type Devnet, startDevnet } from 'bacalhau-devnet';
import { docker } from '../../src/builders/docker.js';
import { inputs } from '../../src/builders/inputs.js';
import { publishers } from '../../src/builders/publishers.js';
import { Bacalhau } from '../../src/client/bacalhau.js';
import type { SpecConfig } from '../../src/index.js';
import { keyDirectory } from '../support/key-directory.js';
import { describeWith } from '../support/requirements.js';
import { awsVariables, s3Bucket, s3Credentials } from '../support/s3-server.js';

const BUSYBOX = process.env['BACALHAU_TEST_BUSYBOX_IMAGE'] ?? 'busybox:latest';

describeWith(['docker', 's3'], 'a chain of jobs by S3', () => {
  const store = { ...s3Bucket, region: 'us-east-1' };
  const managed = { Bucket: store.bucket, Region: store.region, Endpoint: store.endpoint };
  const dir = keyDirectory();
  let network: Devnet;
  let bacalhau: Bacalhau;

  beforeAll(async () => {
    network = await startDevnet({
      server: 'pinned',
      env: awsVariables(s3Credentials),
      config: { Publishers: { Types: { S3Managed: managed } } },
    });
    // Without credentials of its own: nothing of the results passes through this side.
    bacalhau = new Bacalhau({ baseUrl: network.url, env: {}, dir });
  }, 90_000);
  afterAll(async () => {
    await bacalhau.close();
    await network.stop();
  });

  const script = (text: string, settings: Partial<Parameters<typeof docker>[0]>) =>
    docker({ image: BUSYBOX, entrypoint: ['sh', '-ec', text], outputs: { out: '/out' }, ...settings });
  const first = (publisher: SpecConfig) =>
    bacalhau.jobs.submit(script('mkdir /out/deep && echo one > /out/deep/a', { publisher }));

  test('finds files that were published as they are', async () => {
    const publisher = publishers.s3({ ...store, key: 'chains/{jobID}', encoding: 'plain' });
    const words = await first(publisher);
    const more = await bacalhau.jobs.submit(
      script('sed s/one/two/ /in/out/deep/a > /out/b', { publisher, inputs: [words.asInput({ target: '/in' })] }),
    );
    const { stdout } = await bacalhau.jobs.run(
      script('cat /in/out/b', { inputs: [more.asInput({ target: '/in' })], outputs: {} }),
    );
    expect(stdout).toBe('two\n');
  }, 120_000);

  test('unpacks an archive that only this client got a presigned URL of', async () => {
    const words = await first(publishers.s3({ ...store, key: 'chains/{jobID}' }));
    const { stdout } = await bacalhau.jobs.run(
      script('tar -xzf /in/*.tar.gz -C /tmp && cat /tmp/out/deep/a', {
        inputs: [words.asInput({ target: '/in', as: 'archive' })],
        outputs: {},
      }),
    );
    expect(stdout).toBe('one\n');
    const [result] = await words.typedResults();
    expect(result?.type).toBe('s3PreSigned');
  }, 120_000);

  test('cannot go on with what the orchestrator manages: a node would begin with HEAD, which is not signed for', async () => {
    const words = await first(publishers.s3Managed());
    await words.wait();
    const [result] = await words.typedResults();
    if (result?.type !== 's3PreSigned') throw new Error('not presigned');
    expect((await fetch(result.url, { method: 'HEAD' })).status).toBe(403);
    expect(() => inputs.result(result, { target: '/in', as: 'archive' })).toThrow(/nodes cannot read/);
  }, 120_000);
});
