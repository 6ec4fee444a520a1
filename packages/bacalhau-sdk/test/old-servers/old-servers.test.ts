import { join } from 'node:path';
import { wasm } from '../../src/builders/wasm.js';
import { Bacalhau } from '../../src/client/bacalhau.js';
import { ConflictError, NotFoundError } from '../../src/errors/api-errors.js';
import { LoginError, UnsupportedByServerError } from '../../src/errors/client-errors.js';
import { JobFailedError } from '../../src/errors/job-errors.js';
import type { ClientOptions } from '../../src/http/options.js';
import type { PutJobRequest } from '../../src/index.js';
import { keyDirectory } from '../support/key-directory.js';
import { collect } from '../support/network.js';
import { type Constructed, jobIds, type ReplayServer, recorded, recordingsOf, replay, VERSIONS } from './replay.js';

const dir = keyDirectory();

describe.each(VERSIONS)('with a server %s', (version) => {
  const recordings = recordingsOf(version);
  const ids = jobIds(recordings);
  const is = (recorded: string): boolean => version === recorded;
  const nowhere = 'j-00000000-0000-0000-0000-000000000000';

  let server: ReplayServer;
  let bacalhau: Bacalhau;
  beforeEach(async () => {
    server = await replay(version);
    bacalhau = new Bacalhau({ baseUrl: server.url, env: {}, dir });
  });
  afterEach(async () => {
    await bacalhau.close();
    await server[Symbol.asyncDispose]();
    expect(server.unknown).toEqual([]);
    expect(server.violations).toEqual([]);
  });

  const jobOf = (name: string): PutJobRequest => recorded(recordings, name).request.body as PutJobRequest;

  test('the agent describes itself, and a call that came later is refused with the reason', async () => {
    const { agent } = bacalhau;
    expect(await agent.alive()).toEqual({ Status: 'OK' });
    expect((await agent.version()).GitVersion).toBe(version);
    // Before 1.6 it is wrapped in the orchestrator's record of the node.
    expect(await agent.node()).toMatchObject({ NodeType: 'Compute', BacalhauVersion: { GitVersion: version } });
    expect(await agent.config()).toMatchObject({ Orchestrator: { Enabled: true }, Compute: { Enabled: true } });
    if (is('v1.5.2')) {
      await expect(agent.authConfig()).rejects.toBeInstanceOf(UnsupportedByServerError);
      await expect(agent.authConfig()).rejects.toThrow(/needs a server from 1\.7\.0 on.*no single sign-on/);
    } else {
      expect(await agent.authConfig()).toEqual({ Version: '1.0.0', Config: {} });
    }
  });

  test('nodes are listed', async () => {
    const [node, ...others] = await collect(bacalhau.nodes.list());
    expect(others).toEqual([]);
    expect(node).toMatchObject({ Membership: 'APPROVED', Connection: 'CONNECTED' });
    expect(node?.Info.ComputeNodeInfo?.ExecutionEngines).toContain('wasm');
    // What came with 1.6 is absent before, and not invented.
    expect(node?.ConnectionState?.Status).toBe(is('v1.5.2') ? undefined : 'CONNECTED');
  });

  test('jobs are listed, filtered, found by id', async () => {
    const { jobs } = bacalhau;
    const { items } = await jobs.list({ labels: ['env=rec'] });
    expect(items).toMatchObject([{ ID: ids.completed, Name: 'rec-ok', Type: 'batch', Count: 1 }]);
    const all = (await jobs.list({ limit: 2 })).items;
    expect(all.length).toBeGreaterThan(0);
    const { Job: job } = await jobs.get(ids.completed);
    expect(job).toMatchObject({ ID: ids.completed, State: { StateType: 'Completed' } });
    const { Executions: executions } = await jobs.get(ids.completed, { include: ['executions'] });
    expect(executions?.Items).toHaveLength(1);
  });

  test('a name finds no job, and the error says to pass the id', async () => {
    const failure = bacalhau.jobs.get('rec-ok');
    await expect(failure).rejects.toBeInstanceOf(NotFoundError);
    await expect(failure).rejects.toThrow(
      `This server, ${version}, finds jobs by their ids only. Pass the id, or use a server from 1.8.0 on.`,
    );
  });

  test('an unknown job is a NotFoundError, whatever the status', async () => {
    const failure = bacalhau.jobs.get(nowhere);
    await expect(failure).rejects.toBeInstanceOf(NotFoundError);
    await expect(failure).rejects.toMatchObject({ status: 404, serverVersion: version });
    await expect(failure).rejects.toThrow(/job not found/i);
    await expect(bacalhau.jobs.executions('nope')).rejects.toBeInstanceOf(NotFoundError);
    // Not a server error, which would be retried.
    expect(server.seen.filter((line) => line.endsWith(nowhere))).toHaveLength(1);
  });

  test('an order that servers do not know is refused before it is sent', async () => {
    await expect(bacalhau.jobs.list({ orderBy: 'bogus' })).rejects.toThrow(/orderBy is "bogus"/);
    expect(server.seen).toEqual([]);
  });

  test('executions are read by the numbers of the version', async () => {
    const { items } = await bacalhau.jobs.executions(ids.completed);
    expect(items).toMatchObject([{ JobID: ids.completed, RunOutput: { Stdout: 'hello from wasm\n', ExitCode: -1 } }]);
    expect(items[0]?.ComputeState.StateType).toBe(9);
    expect((await bacalhau.jobs.executions(ids.failed)).items).toEqual([]);
  });

  test('history as a whole, and followed to its end', async () => {
    const { jobs } = bacalhau;
    const whole = await collect(jobs.history(ids.completed, { eventType: 'all' }));
    expect(whole[0]).toMatchObject({ Type: 'JobLevel', Event: { Message: 'Job submitted' } });
    const followed: unknown[] = [];
    for await (const event of jobs.history(ids.completed, { eventType: 'all', follow: true })) followed.push(event);
    expect(followed).toEqual(whole);
    const failed = await collect(jobs.history(ids.failed, { eventType: 'all' }));
    expect(failed.at(-1)?.Event.Message).toMatch(/does not support python/);
    const page = await jobs.history(ids.completed, { limit: 2 });
    expect(page.items).toHaveLength(2);
    expect(page.nextToken).not.toBe('');
  });

  test('results and their files', async () => {
    const { items } = await bacalhau.jobs.results(ids.completed);
    expect(items).toMatchObject([{ Type: 'urlDownload' }]);
    const job = bacalhau.jobs.handle(ids.completed);
    expect(await job.typedResults()).toMatchObject([{ type: 'url', executionId: expect.stringMatching(/^e-/) }]);
    const texts: Record<string, string> = {};
    for await (const file of job.files()) texts[file.path] = await file.text();
    expect(texts).toEqual({ stdout: 'hello from wasm\n', stderr: '', exitCode: '-1' });
    // It returned without setting an exit code, which is success.
    const { results } = await job.download(join(dir, `results-${version}`));
    expect(results).toMatchObject([{ exitCode: 0 }]);
  });

  test('a wait for an ended job returns at once with its state', async () => {
    expect((await bacalhau.jobs.handle(ids.completed).wait({ timeoutMs: 10_000 })).State?.StateType).toBe('Completed');
    expect((await bacalhau.jobs.handle(ids.failed).wait({ timeoutMs: 10_000 })).State?.StateType).toBe('Failed');
  });

  test('logs of an ended job', async () => {
    const entries = await collect(bacalhau.jobs.handle(ids.completed).logs({ follow: true }));
    expect(entries.map(({ stream, text }) => [stream, text])).toEqual([['stdout', 'hello from wasm\n']]);
    // From the published results, which are complete. Before 1.8 the log is the copy in the execution's state; since then
    // it contains nothing of WebAssembly jobs.
    expect(server.seen.filter((line) => line.startsWith('LOG'))).toEqual([]);
  });

  test('a queued job is stopped, a completed one is unchanged', async () => {
    const queued = bacalhau.jobs.handle(ids.queued);
    expect(await queued.stop('no longer needed')).toEqual({ stopped: true, state: 'Queued' });
    expect((await queued.wait({ timeoutMs: 10_000 })).State).toMatchObject({ StateType: 'Stopped' });
    expect(await queued.stop()).toEqual({ stopped: false, state: 'Stopped' });
    expect(await bacalhau.jobs.handle(ids.completed).stop()).toEqual({ stopped: false, state: 'Completed' });
    // The call itself reports the conflict, which these servers report as an internal error.
    await expect(bacalhau.jobs.stop(ids.completed)).rejects.toBeInstanceOf(ConflictError);
  });

  test('a job is put; the second of a name is another job', async () => {
    const { jobs } = bacalhau;
    expect(await jobs.put(jobOf('put'))).toMatchObject({ JobID: ids.completed, Warnings: null });
    const again = jobs.put(jobOf('put'));
    expect((await again).JobID).not.toBe(ids.completed);
  });

  test('a job is submitted and run to its end', async () => {
    const { jobs } = bacalhau;
    const result = await jobs.run(jobOf('put').Job);
    expect(result).toMatchObject({ jobId: ids.completed, exitCode: 0, stdout: 'hello from wasm\n', stderr: '' });
    expect(result.outputComplete).toBe(true);
    expect(result.executions).toMatchObject([{ exitCode: 0, execution: { RunOutput: { ExitCode: -1 } } }]);
    expect(result.typedResults).toMatchObject([{ type: 'url' }]);
  });

  test('a job that no node can run fails with the scheduler’s reason', async () => {
    const job = bacalhau.jobs.run(jobOf('put-bad-engine').Job);
    await expect(job).rejects.toBeInstanceOf(JobFailedError);
    await expect(job).rejects.toThrow(/does not support python, only/);
  });

  test.each(['versions', 'diff', 'rerun'] as const)('%s is refused, with advice', async (call) => {
    const { jobs } = bacalhau;
    const make = {
      versions: () => jobs.versions(ids.completed),
      diff: () => jobs.diff(jobOf('put').Job),
      rerun: () => jobs.rerun(ids.completed),
    }[call];
    await expect(make()).rejects.toBeInstanceOf(UnsupportedByServerError);
    await expect(make()).rejects.toThrow(
      `jobs.${call} needs a server from 1.8.0 on; this one is ${version.slice(1)}. Older servers identify a job by its id only`,
    );
    // Only the version was requested.
    expect(new Set(server.seen)).toEqual(new Set(['GET /api/v1/agent/version']));
  });

  test('single sign-on that the server does not support is a failed login', async () => {
    const client = new Bacalhau({
      baseUrl: server.url,
      env: {},
      dir,
      auth: { device: () => {} },
    });
    await expect(client.login()).rejects.toBeInstanceOf(LoginError);
    await client.close();
  });
});

/**
 * Answers that were not recorded. They are constructed from the source of the versions: their changes, on top of the
 * answers of the nearest recorded version.
 */
describe('constructed', () => {
  async function withServer(
    version: (typeof VERSIONS)[number],
    constructed: Constructed,
    use: (bacalhau: Bacalhau, server: ReplayServer) => Promise<void>,
    options: ClientOptions = {},
  ): Promise<void> {
    await using server = await replay(version, constructed);
    await using bacalhau = new Bacalhau({ baseUrl: server.url, env: {}, dir, ...options });
    await use(bacalhau, server);
    expect(server.unknown).toEqual([]);
    expect(server.violations).toEqual([]);
  }

  /** The recorded execution with other contents. */
  const executionsOf = (version: (typeof VERSIONS)[number], change: object): Constructed['answers'] => {
    const { request, body } = recorded(recordingsOf(version), 'executions');
    const { Items } = Object(body);
    const executions = { NextToken: '', Items: [{ ...Items[0], ...change }] };
    const job = recorded(recordingsOf(version), 'get-include');
    return {
      [`GET ${request.path}`]: { status: 200, body: executions },
      [`GET ${job.request.path.split('?')[0]}`]: { status: 200, body: { ...Object(job.body), Executions: executions } },
    };
  };
  const ok = (version: (typeof VERSIONS)[number]): PutJobRequest['Job'] =>
    (recorded(recordingsOf(version), 'put').request.body as PutJobRequest).Job;

  test('1.5.0 and 1.5.1 send their configuration bare', async () => {
    const answers = { 'GET /api/v1/agent/config': { status: 200, body: { API: { Host: '0.0.0.0' } } } };
    await withServer('v1.5.2', { version: 'v1.5.1', answers }, async ({ agent }) => {
      expect(await agent.config()).toEqual({ API: { Host: '0.0.0.0' } });
    });
  });

  test.each([
    ['v1.5.1', 7, true],
    ['v1.5.1', 9, false],
    ['v1.5.2', 7, false],
    ['v1.5.2', 9, true],
    // A development build counts as the newest.
    ['v0.0.0-xxxxxxx', 9, true],
    ['v0.0.0-xxxxxxx', 7, false],
  ])('on %s an execution in state %d has completed: %s', async (version, StateType, hasCompleted) => {
    const answers = executionsOf('v1.5.2', { ComputeState: { StateType } });
    await withServer('v1.5.2', { version, ...(answers && { answers }) }, async ({ jobs }) => {
      const { executions } = await jobs.run(ok('v1.5.2'));
      expect(executions).toHaveLength(hasCompleted ? 1 : 0);
    });
  });

  test('1.4 sends null for results that an execution did not produce', async () => {
    const answers = executionsOf('v1.5.2', {
      ComputeState: { StateType: 8, Message: 'it broke' },
      PublishedResult: null,
      RunOutput: null,
    });
    await withServer('v1.5.2', { version: 'v1.4.0', ...(answers && { answers }) }, async (bacalhau) => {
      const { completed } = jobIds(recordingsOf('v1.5.2'));
      const { items } = await bacalhau.jobs.executions(completed);
      expect(items).toMatchObject([{ PublishedResult: null, RunOutput: null }]);
      expect(await bacalhau.jobs.run(ok('v1.5.2'))).toMatchObject({ executions: [], stdout: '', exitCode: 0 });
    });
  });

  const RUN_OUTPUT = { StdoutTruncated: false, stderr: '', StderrTruncated: false, ExitCode: 0, ErrorMsg: '' };

  test('before 1.8 the output of a Docker job without a publisher may be truncated, and is not reported as complete', async () => {
    const { request, body } = recorded(recordingsOf('v1.7.0'), 'get');
    const job = Reflect.get(Object(body), 'Job');
    const task = { ...job.Tasks[0], Engine: { Type: 'docker', Params: { Image: 'ubuntu' } }, Publisher: { Type: '' } };
    const answers = {
      ...executionsOf('v1.7.0', {
        PublishedResult: { Type: '' },
        RunOutput: { ...RUN_OUTPUT, Stdout: 'x'.repeat(2_048) },
      }),
      [`GET ${request.path}`]: { status: 200, body: { Job: { ...job, Tasks: [task] } } },
    };
    await withServer('v1.7.0', { answers }, async (bacalhau, { seen }) => {
      const entries = await collect(bacalhau.jobs.handle(job.ID).logs());
      expect(entries).toMatchObject([{ stream: 'stdout', text: 'x'.repeat(2_048), incomplete: true }]);
      expect(await bacalhau.jobs.run(ok('v1.7.0'))).toMatchObject({ outputComplete: false });
      expect(seen.filter((line) => line.startsWith('LOG'))).toEqual([]);
    });
  });

  const accepted = { status: 200, body: { JobID: 'j-1', EvaluationID: 'e', Warnings: null } };
  const MODULE = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 0, 5, 4, 0x6e, 0x61, 0x6d, 0x65);

  test.each([
    ['v1.6.5', { EntryModule: { Target: '/bacalhau-module/main.wasm' }, EntryPoint: '_start' }, undefined],
    ['v1.7.0', { EntryModule: '/bacalhau-module/main.wasm', Entrypoint: '_start' }, 1],
  ])('a WebAssembly module goes to %s as that version takes it', async (version, Params, inputs) => {
    const answers = { 'PUT /api/v1/orchestrator/jobs': accepted };
    await withServer('v1.5.2', { version, answers }, async ({ jobs }, { submitted }) => {
      await jobs.submit(wasm({ module: MODULE }));
      const [task] = Object(submitted[0]).Job.Tasks;
      expect(task.Engine).toMatchObject({ Type: 'wasm', Params });
      expect(task.InputSources?.length).toBe(inputs);
      // `Default` came with 1.7; without one, each version uses its own.
      expect(task.Network).toBeUndefined();
    });
  });

  test('a count is always sent, because a missing one is 0 before 1.6.5', async () => {
    const answers = { 'PUT /api/v1/orchestrator/jobs': accepted };
    await withServer('v1.5.2', { answers }, async ({ jobs }, { submitted }) => {
      const { Count: _, ...job } = ok('v1.5.2');
      await jobs.put({ Job: job });
      await jobs.put({ Job: { ...job, Type: 'service' } });
      await jobs.put({ Job: { ...job, Count: 0 } });
      await jobs.put({ Job: { ...job, Type: 'ops' } });
      expect(submitted.map((body) => Object(body).Job.Count)).toEqual([1, 1, 0, undefined]);
    });
  });

  test('a task without a publisher is sent with an empty one, because servers up to 1.7 refuse a missing one', async () => {
    const answers = { 'PUT /api/v1/orchestrator/jobs': accepted };
    await withServer('v1.5.2', { answers }, async ({ jobs }, { submitted }) => {
      const job = ok('v1.5.2');
      const [task] = job.Tasks;
      if (task === undefined) throw new Error('The recorded job has a task.');
      const { Publisher: publisher, ...bare } = task;
      await jobs.put({ Job: { ...job, Tasks: [bare] } });
      await jobs.put({ Job: job });
      expect(submitted.map((body) => Object(body).Job.Tasks[0].Publisher)).toEqual([{ Type: '' }, publisher]);
    });
  });

  test('the SDK sends no Bacalhau version, which old servers would reject', async () => {
    const use = async ({ jobs }: Bacalhau): Promise<void> => {
      await expect(jobs.list({ limit: 1, headers: { 'X-Bacalhau-Git-Version': 'v1.3.0' } })).rejects.toThrow(
        /Client version is outdated/,
      );
      expect((await jobs.list({ limit: 2 })).items.length).toBeGreaterThan(0);
    };
    await withServer('v1.7.0', {}, use, { auth: false });
  });
});
