import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js';
import { CallToolResultSchema } from '@modelcontextprotocol/sdk/types.js';
import { Bacalhau, type Job, wasm } from 'bacalhau-sdk';
import { faultServer, json } from '../../packages/bacalhau-sdk/test/support/fault-server.js';
import { describeWith } from '../../packages/bacalhau-sdk/test/support/requirements.js';
import { helloModule } from '../lib/hello-module.js';
import { POLICY } from '../mcp-server/policy.ts';
import { createServer } from '../mcp-server/server.ts';

const url = process.env['BACALHAU_TEST_URL'] ?? '';
const { hostname, port } = new URL(url);

let folder: string;
let client: Client;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bacalhau-mcp-'));
  client = new Client({ name: 'test', version: '1.0.0' });
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [join(__dirname, '..', 'mcp-server', 'main.ts'), '--image', 'busybox:latest'],
    env: {
      ...{ PATH: process.env['PATH'] ?? '', BACALHAU_API_HOST: hostname, BACALHAU_API_PORT: port },
      BACALHAU_DIR: folder,
    },
    stderr: 'ignore',
  });
  await client.connect(transport);
});
afterAll(async () => {
  await client.close();
  await rm(folder, { recursive: true, force: true });
});

const progress: string[] = [];

/** Calls a tool as an agent does, and gives its answer and whether it is an error. */
async function call(name: string, args: Record<string, unknown>) {
  const onprogress = ({ message = '' }: { message?: string | undefined }): void => {
    progress.push(message);
  };
  const { content, isError = false } = CallToolResultSchema.parse(
    await client.callTool({ name, arguments: args }, CallToolResultSchema, { onprogress, timeout: 120_000 }),
  );
  const text = content.map((part) => (part.type === 'text' ? part.text : '')).join('');
  return { isError, text, data: isError ? undefined : (JSON.parse(text) as Record<string, unknown>) };
}

test('the tools say what they are for', async () => {
  const { tools } = await client.listTools();
  expect(tools.map(({ name }) => name)).toEqual(['list_jobs', 'run_job', 'follow_job', 'read_file', 'stop_job']);
  for (const { description } of tools) expect(description).not.toBe('');
});

test.each<[string, string, Record<string, unknown>, RegExp]>([
  ['an image that the policy does not name', 'run_job', { image: 'ubuntu', command: ['true'] }, /busybox:latest/],
  ['no command', 'run_job', { image: 'busybox:latest', command: [] }, /command/],
  ['a path as an id', 'follow_job', { jobId: '../nodes' }, /jobId/],
])('%s is refused, and nothing is submitted', async (_what, tool, args, message) => {
  const { isError, text } = await call(tool, args);
  expect([isError, text]).toEqual([true, expect.stringMatching(message)]);
  expect((await call('list_jobs', {})).data).toEqual({ jobs: [] });
});

test('jobs of others do not exist', async () => {
  await using bacalhau = new Bacalhau({ baseUrl: url, env: {}, dir: folder });
  const { id } = await bacalhau.jobs.submit(wasm({ module: await helloModule('of others') }));
  for (const tool of ['follow_job', 'stop_job', 'read_file']) {
    const { isError, text } = await call(tool, { jobId: id, path: 'stdout' });
    expect([isError, text]).toEqual([true, expect.stringContaining(`There is no job ${id}`)]);
  }
});

test('requests that come at once run no more jobs than may be active', async () => {
  const jobs: Job[] = [];
  await using network = await faultServer((response, number) => {
    const { method = '', url: path = '', body = '' } = network.seen[number - 1] ?? {};
    if (method === 'PUT') {
      const ID = `j-00000000-0000-4000-8000-00000000000${jobs.length}`;
      jobs.push({ ...JSON.parse(body).Job, ID, CreateTime: Date.now() * 1e6, State: { StateType: 'Running' } });
      return json(response, 200, { JobID: ID, EvaluationID: 'e', Warnings: [] });
    }
    if (path.includes('/version')) return json(response, 200, { GitVersion: 'v1.9.3' });
    const named = jobs.find(({ ID, Name }) => [ID, Name].some((name) => name && path.includes(name)));
    if (named !== undefined) return json(response, 200, { Job: named });
    if (/jobs\/[^?]/.test(path)) return json(response, 404, { Status: 404, Message: 'job not found' });
    json(response, 200, { Items: jobs, NextToken: '' });
  });
  await using bacalhau = new Bacalhau({ baseUrl: network.url, env: {}, dir: folder, logLevel: 'off' });
  const server = createServer(bacalhau, { ...POLICY, activeJobs: 2, followSeconds: 1 });
  const agent = new Client({ name: 'test', version: '1.0.0' });
  const [here, there] = InMemoryTransport.createLinkedPair();
  await Promise.all([server.connect(there), agent.connect(here)]);
  const request = { name: 'run_job', arguments: { image: 'busybox', command: ['true'] } };
  const answers = await Promise.all([1, 2, 3, 4, 5].map(() => agent.callTool(request)));
  expect(jobs).toHaveLength(2);
  expect(answers.filter(({ isError }) => isError)).toHaveLength(3);
  await agent.close();
});

describeWith(['docker'], 'with Docker', () => {
  test('an agent runs a job, hears it, follows it and reads its file', async () => {
    const script = 'echo hello agent; echo a,b > /outputs/table.csv; exit 3';
    const run = await call('run_job', { image: 'busybox:latest', command: ['sh', '-c', script] });
    expect(run.data).toMatchObject({ state: 'Completed', exitCode: 3, output: 'hello agent\n' });
    expect(progress).toEqual(['hello agent\n']);
    const { jobId } = run.data ?? {};
    expect((await call('follow_job', { jobId })).data).toMatchObject({ jobId, exitCode: 3, output: 'hello agent\n' });
    const file = await call('read_file', { jobId, path: 'outputs/table.csv' });
    expect(file.data).toEqual({ path: 'outputs/table.csv', bytes: 4, content: 'a,b\n', isWhole: true });
    expect((await call('read_file', { jobId, path: 'etc/passwd' })).isError).toBe(true);
    expect((await call('list_jobs', {})).data).toEqual({ jobs: [{ jobId, state: 'Completed' }] });
  }, 240_000);
});
