import { startDevnet } from 'bacalhau-devnet';
import { inputs } from '../../src/builders/inputs.js';
import { wasm } from '../../src/builders/wasm.js';
import { Bacalhau } from '../../src/client/bacalhau.js';
import { JobFailedError } from '../../src/errors/index.js';
import type { BuiltJob, S3Upload } from '../../src/index.js';
import { catModule } from '../support/cat-module.js';
import { keyDirectory } from '../support/key-directory.js';
import { describeWith } from '../support/requirements.js';
import { awsVariables, s3Bucket, s3Credentials } from '../support/s3-server.js';

describeWith(['s3'], 'data in a bucket', () => {
  const credentials = s3Credentials;
  const wrong = { ...credentials, secretAccessKey: 'not-the-secret' };
  const s3 = { ...s3Bucket, prefix: 'unread' };
  const dir = keyDirectory();

  /** A client of a network whose nodes have these credentials. */
  async function network(nodes: typeof credentials | undefined) {
    const devnet = await startDevnet({ server: 'pinned', env: awsVariables(nodes) });
    const bacalhau = new Bacalhau({ baseUrl: devnet.url, env: {}, dir });
    return {
      bacalhau,
      async [Symbol.asyncDispose]() {
        await bacalhau.close();
        await devnet.stop();
      },
    };
  }

  const file = (name: string, target: string, via: S3Upload) =>
    inputs.files(new File([`${name}\n`], name), { target, via: { s3: via } });
  const folder = (target: string, via: S3Upload) =>
    inputs.files([new File(['a\n'], 'a'), new File(['b\n'], 'b')], { target, via: { s3: via } });
  const job = async (sources: Parameters<typeof wasm>[0]['inputs']): Promise<BuiltJob> =>
    wasm({ module: await catModule(), resources: { cpu: '10m', memory: '32MB' }, inputs: sources });

  test('that the nodes may not read makes the job fail, saying which node, which input and whose credentials', async () => {
    await using nodes = await network(wrong);
    const { jobs } = nodes.bacalhau;
    const via = { ...s3, credentials };
    const said = (which: string): string =>
      `could not read ${which}. It reads from its own network and with its own credentials, not with those of this program. They need s3:ListBucket and s3:GetObject.`;

    const ofFolder = await jobs.run(await job([folder('/in', via)])).catch((error: unknown) => error);
    expect(ofFolder).toBeInstanceOf(JobFailedError);
    if (!(ofFolder instanceof JobFailedError)) throw ofFolder;
    const [execution] = ofFolder.executions;
    const key = `s3://${s3.bucket}/unread/[0-9a-f]{64}`;
    expect(ofFolder.message).toMatch(
      new RegExp(`StatusCode: 403.*\nNode ${execution?.NodeID} ${said(`the input "/in" \\(${key}/\\*\\)`)}$`),
    );
    expect(ofFolder.code).toBe('S3InputSource:SignatureDoesNotMatch');
    expect(ofFolder.message).not.toContain(credentials.accessKeyId);
    const described = await jobs.handle(ofFolder.jobId).describe();
    expect(described.executions[0]?.reason).toMatch(new RegExp(`${said(`the input "/in" \\(${key}/\\*\\)`)}$`));
    expect(String(described)).toContain('with its own credentials, not with those of this program');

    const two = await job([file('x', '/one/x', via), file('y', '/two/y', via)]);
    await expect(jobs.run(two)).rejects.toThrow(
      new RegExp(said(`one of the inputs "/one" \\(${key}/x\\), "/two" \\(${key}/y\\)`)),
    );
  }, 120_000);

  test('finds no node that has no credentials, and the failure says whose are missing', async () => {
    await using nodes = await network(undefined);
    const run = nodes.bacalhau.jobs.run(await job([folder('/in', { ...s3, credentials })]));
    await expect(run).rejects.toThrow(
      /Node n-[0-9a-f]+: does not support s3, only .*\nNo connected node can run it, however idle it is\. Nodes support S3 if they have credentials of their own, such as AWS_ACCESS_KEY_ID; those of this program stay here\.$/,
    );
  }, 90_000);

  test('that refuses this program is an UploadError, and nothing is submitted', async () => {
    await using nodes = await network(credentials);
    const { jobs } = nodes.bacalhau;
    await expect(jobs.run(await job([folder('/in', { ...s3, credentials: wrong })]))).rejects.toMatchObject({
      name: 'UploadError',
      reason: 'refused',
      status: 403,
      message: expect.stringMatching(
        /It refuses the credentials of this client, which need .*; those of the nodes are others\.$/,
      ),
    });
    expect((await jobs.list()).items).toEqual([]);
    const { stdout } = await jobs.run(await job([folder('/in', { ...s3, credentials })]));
    expect(stdout).toBe('');
  }, 90_000);
});
