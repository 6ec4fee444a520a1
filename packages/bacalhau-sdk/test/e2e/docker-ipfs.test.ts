import type { PutJobRequest } from '../../src/index.js';
import { collect, ended, freshName, networkClient, onlyExecution } from '../support/network.js';
import { describeWith } from '../support/requirements.js';
import { has } from '../support/server.js';

describeWith(['docker', 'ipfs'], 'the hello-world of the documentation, in Docker, published to IPFS', () => {
  const bacalhau = networkClient();
  const { jobs } = bacalhau;

  /** The values of Bacalhau's documentation of its Python SDK. */
  const request: PutJobRequest = {
    Job: {
      Name: 'A Simple Docker Job',
      Type: 'batch',
      Count: 1,
      Tasks: [
        {
          Name: 'My Main task',
          Engine: {
            Type: 'docker',
            Params: { Image: 'ubuntu:latest', Entrypoint: ['/bin/bash'], Parameters: ['-c', 'echo Hello World'] },
          },
          Publisher: { Type: 'IPFS', Params: {} },
        },
      ],
    },
  };
  let jobId: string;

  beforeAll(async () => {
    const answer = await jobs.put(request);
    expect(answer).toEqual({ JobID: expect.stringMatching(/^j-/), EvaluationID: expect.any(String), Warnings: null });
    jobId = answer.JobID;
    const job = await ended(bacalhau, jobId);
    expect(job.State).toMatchObject({ StateType: 'Completed' });
  }, 120_000);

  test('prints its line', async () => {
    expect((await onlyExecution(bacalhau, jobId)).RunOutput).toMatchObject({ Stdout: 'Hello World\n', ExitCode: 0 });
  });

  test('has its result in IPFS, under a CID', async () => {
    const { items } = await jobs.results(jobId);
    expect(items).toEqual([{ Type: 'ipfs', Params: { CID: expect.stringMatching(/^Qm|^bafy/) } }]);
    const cid = String(items[0]?.Params?.['CID']);
    const answer = await fetch(`${process.env['BACALHAU_TEST_IPFS_API_URL']}/api/v0/cat?arg=${cid}/stdout`, {
      method: 'POST',
    });
    expect(await answer.text()).toBe('Hello World\n');
  });

  test('is found by its name, listed, and has a history', async () => {
    if (has('name-lookup')) expect((await jobs.get('A Simple Docker Job')).Job?.ID).toBe(jobId);
    expect((await collect(jobs.list({ limit: 100 }))).map(({ ID }) => ID)).toContain(jobId);
    expect((await jobs.history(jobId)).items.length).toBeGreaterThan(2);
  });
});

describeWith(['docker'], 'a Docker job', () => {
  const bacalhau = networkClient();

  const busybox = (...command: string[]) => ({
    Job: {
      Name: freshName('busybox'),
      Type: 'batch',
      Count: 1,
      Tasks: [
        {
          Name: 'main',
          Engine: {
            Type: 'docker',
            Params: {
              Image: process.env['BACALHAU_TEST_BUSYBOX_IMAGE'] ?? 'busybox:latest',
              Entrypoint: ['sh', '-c'],
              Parameters: command,
            },
          },
        },
      ],
    },
  });

  test('that fails has its exit code and standard error', async () => {
    const { JobID } = await bacalhau.jobs.put(busybox('echo oops >&2; exit 5'));
    await ended(bacalhau, JobID);
    expect((await onlyExecution(bacalhau, JobID)).RunOutput).toMatchObject({ ExitCode: 5, stderr: 'oops\n' });
  }, 60_000);

  test('that runs is stopped', async () => {
    const { JobID } = await bacalhau.jobs.put(busybox('sleep 600'));
    await bacalhau.jobs.stop(JobID, 'enough');
    expect((await ended(bacalhau, JobID)).State).toMatchObject({
      StateType: 'Stopped',
      ...(has('stop-reason') && { Message: 'enough' }),
    });
  }, 60_000);
});
