import { docker } from '../../src/builders/docker.js';
import { Bacalhau } from '../../src/client/bacalhau.js';
import { RequestAbortedError, RequestTimeoutError } from '../../src/errors/call-errors.js';
import { InvalidJobError } from '../../src/errors/client-errors.js';
import { DownloadError } from '../../src/errors/download-error.js';
import { JobFailedError, JobStoppedError } from '../../src/errors/job-errors.js';
import type { ClientOptions, JobResultInput, SubmitOptions } from '../../src/index.js';
import { type FaultServer, faultServer, json } from '../support/fault-server.js';
import { keyDirectory } from '../support/key-directory.js';

const dir = keyDirectory();
const ID = 'j-00000000-0000-4000-8000-000000000000';
const executionId = (digit: number) => `e-${digit}0000000-0000-4000-8000-000000000000`;
const archiveUrl = (digit: number) => `http://127.0.0.1:6001/${executionId(digit)}.tar.gz`;

interface Answers {
  readonly state?: string;
  readonly publisher?: string;
  /** The executions that have published with the local publisher. */
  readonly executions?: readonly number[];
  /** Called when the job is read. */
  readonly onRead?: () => void;
}

/** An orchestrator with one job, on whose network two nodes run jobs. */
async function orchestrator({
  state = 'Completed',
  publisher = 'local',
  executions = [1],
  onRead,
}: Answers): Promise<FaultServer> {
  const job = {
    ID,
    Type: 'batch',
    Tasks: [{ Name: 'main', Engine: { Type: 'docker', Params: {} }, Publisher: { Type: publisher } }],
    State: { StateType: state, Message: 'it is over' },
  };
  const published = (digit: number) => ({ Type: 'urlDownload', Params: { URL: archiveUrl(digit) } });
  const server = await faultServer((response, number) => {
    const { method, url } = server.seen[number - 1] ?? { method: '', url: '' };
    const list = (Items: readonly object[]) => json(response, 200, { NextToken: '', Items });
    if (method === 'PUT') return json(response, 200, { JobID: 'j-1', EvaluationID: 'e', Warnings: null });
    if (url.includes('/executions')) {
      return list(
        executions.map((digit) => ({
          ...{ ID: executionId(digit), JobID: ID, NodeID: `n-${digit}`, ComputeState: { StateType: 9 } },
          ...{ RunOutput: { ExitCode: 0, Stdout: '' }, PublishedResult: published(digit) },
        })),
      );
    }
    if (url.includes('/results')) return list(executions.map(published));
    if (url.includes('/history')) return list([]);
    if (url.includes('/nodes')) {
      const node = (NodeID: string) => ({ Info: { NodeID, NodeType: 'Compute', ComputeNodeInfo: {} } });
      return json(response, 200, { NextToken: '', Nodes: [node('n-1'), node('n-2')] });
    }
    if (url.includes('/version')) return json(response, 200, { GitVersion: 'v1.9.3' });
    onRead?.();
    json(response, 200, { Job: job });
  });
  return server;
}

/** Submits a job that reads the result of the one that is there. */
async function submitReader(
  server: FaultServer,
  settings: JobResultInput,
  { options = {}, client = { baseUrl: server.url } }: { options?: SubmitOptions; client?: ClientOptions } = {},
): Promise<unknown> {
  await using bacalhau = new Bacalhau({ dir, env: {}, logLevel: 'off', ...client });
  const input = bacalhau.jobs.handle(ID).asInput(settings);
  return await bacalhau.jobs.submit(docker({ image: 'x', inputs: [input] }), options).catch((error: unknown) => error);
}

const submissions = ({ seen }: FaultServer) => seen.filter(({ method }) => method === 'PUT');

test('job.asInput: the result of another job is read where it was published', async () => {
  await using server = await orchestrator({});
  await submitReader(server, { target: '/in', as: 'archive' });
  const [submission] = submissions(server);
  expect(JSON.parse(submission?.body ?? '')).toMatchObject({
    Job: {
      Tasks: [{ InputSources: [{ Source: { Type: 'urlDownload', Params: { URL: archiveUrl(1) } }, Target: '/in' }] }],
    },
  });
});

test.each<[string, Answers, Partial<JobResultInput>, object]>([
  ['that has failed', { state: 'Failed' }, {}, { constructor: JobFailedError, jobId: ID }],
  ['that was stopped', { state: 'Stopped' }, {}, { constructor: JobStoppedError, jobId: ID, reason: 'it is over' }],
  [
    'that runs and will publish nothing',
    { state: 'Running', publisher: '' },
    {},
    {
      constructor: DownloadError,
      reason: 'no-results',
      message: expect.stringContaining(`Job ${ID} has no publisher.`),
    },
  ],
  [
    'that published nothing',
    { executions: [] },
    {},
    { constructor: DownloadError, reason: 'no-results', message: `Job ${ID} has no result to pass on.` },
  ],
  [
    'with two results',
    { executions: [1, 2] },
    {},
    {
      constructor: InvalidJobError,
      message: `executionId is missing: job ${ID} has a result of each execution: ${executionId(1)}, ${executionId(2)}.`,
    },
  ],
  [
    'whose archive is expected as files',
    {},
    { as: 'files' },
    {
      constructor: InvalidJobError,
      field: 'as',
      message: expect.stringContaining(`the job finds /in/${executionId(1)}.tar.gz`),
    },
  ],
])('job.asInput: a job %s is an error, and nothing is submitted', async (_name, answers, settings, expected) => {
  await using server = await orchestrator(answers);
  expect(await submitReader(server, { target: '/in', as: 'archive', ...settings })).toMatchObject(expected);
  expect(submissions(server)).toEqual([]);
});

test('job.asInput: one of several results is chosen by its execution', async () => {
  await using server = await orchestrator({ executions: [1, 2] });
  await submitReader(server, { target: '/in', as: 'archive', executionId: executionId(2) });
  expect(submissions(server).map(({ body }) => body)).toEqual([expect.stringContaining(archiveUrl(2))]);
});

describe('job.asInput: a result at a loopback address, on a network of several machines', () => {
  /** Reaches the server as if it were another machine. */
  const client = ({ url }: FaultServer) => ({ baseUrl: 'http://orchestrator.example', env: { HTTP_PROXY: url } });

  test('is refused, since another node would look for it on itself', async () => {
    await using server = await orchestrator({});
    const error = await submitReader(server, { target: '/in', as: 'archive' }, { client: client(server) });
    expect(error).toMatchObject({
      constructor: InvalidJobError,
      field: 'hosts',
      message: expect.stringMatching(/^hosts has no 127\.0\.0\.1:6001, where only node n-1 itself finds the result/),
    });
    expect(submissions(server)).toEqual([]);
  });

  test('is read at the address that the node has for others', async () => {
    await using server = await orchestrator({});
    const hosts = { '127.0.0.1:6001': 'node-1.example.org:6001' };
    await submitReader(server, { target: '/in', as: 'archive', hosts }, { client: client(server) });
    expect(submissions(server).map(({ body }) => body)).toEqual([
      expect.stringContaining(`http://node-1.example.org:6001/${executionId(1)}.tar.gz`),
    ]);
  });
});

test('job.asInput: the signal and the time of a submission end its wait for the other job', async () => {
  const abort = new AbortController();
  await using server = await orchestrator({ state: 'Running', onRead: () => abort.abort() });
  const { signal } = abort;
  expect(await submitReader(server, { target: '/in' }, { options: { signal } })).toBeInstanceOf(RequestAbortedError);
  const late = await submitReader(server, { target: '/in' }, { options: { timeoutMs: 300 } });
  expect(late).toMatchObject({ constructor: RequestTimeoutError, jobId: ID });
  expect(submissions(server)).toEqual([]);
});
