import type { Execution, GetJobResponse, Job, JobHistory, RunOutput } from 'bacalhau-apiclient';
import { descriptionOf } from '../../src/description/describe-job.js';
import { parseRelease } from '../../src/model/index.js';
import { Secrets } from '../../src/redaction/index.js';

const SUBMITTED = Date.parse('2026-01-02T03:04:05.000Z');
const nanoseconds = (ms: number): number => (SUBMITTED + ms) * 1e6;
const time = (ms: number): string => new Date(SUBMITTED + ms).toISOString();

const job = (fields: Partial<Job>): Job => ({
  ...{ ID: 'j-1', Name: 'nightly', Namespace: 'default', Type: 'batch', Count: 2 },
  Tasks: [{ Name: 'main', Engine: { Type: 'docker' } }],
  CreateTime: nanoseconds(0),
  ModifyTime: nanoseconds(10_000),
  State: { StateType: 'Completed' },
  ...fields,
});

/** An execution with what matters of its output. */
type Fields = Omit<Partial<Execution>, 'RunOutput'> & { readonly RunOutput?: Partial<RunOutput> };

const NO_OUTPUT = { Stdout: '', stderr: '', StdoutTruncated: false, StderrTruncated: false, ErrorMsg: '', ExitCode: 0 };

const execution = ({ RunOutput, ...fields }: Fields): Execution => {
  const base: Execution = {
    ...{ ID: 'e-1', JobID: 'j-1', NodeID: 'n-1', Namespace: 'default', EvalID: '', Name: '', Revision: 1 },
    ...{ CreateTime: nanoseconds(1_000), ModifyTime: nanoseconds(9_000) },
    ...{ PreviousExecution: '', NextExecution: '', FollowupEvalID: '' },
    AllocatedResources: { Tasks: {} },
    PublishedResult: null,
    ComputeState: { StateType: 9 },
    DesiredState: { StateType: 2 },
    RunOutput: RunOutput === undefined ? null : { ...NO_OUTPUT, ...RunOutput },
  };
  return Object.assign(base, fields);
};

const event = (ms: number, fields: Partial<JobHistory>): JobHistory => ({
  ...{ Type: 'ExecutionLevel', JobID: 'j-1', Time: time(ms) },
  Event: { Message: 'Running', Topic: 'Execution', Timestamp: time(ms) },
  ...fields,
});

interface Told {
  readonly job?: Partial<Job>;
  readonly executions?: readonly Fields[];
  readonly history?: readonly JobHistory[];
  readonly server?: string;
  readonly secrets?: Secrets;
}

function described({ job: fields = {}, executions = [], history = [], server = 'v1.9.3', secrets }: Told) {
  const answer: GetJobResponse = {
    Job: job(fields),
    Executions: { NextToken: '', Items: executions.map(execution) },
    History: { NextToken: '', Items: [...history] },
  };
  const surroundings = { release: parseRelease(server), secrets: secrets ?? new Secrets(), now: SUBMITTED + 60_000 };
  return descriptionOf(answer, surroundings);
}

test('a job that completed has times, exit codes and results', () => {
  const RunOutput = { Stdout: 'hi\n', stderr: '', ExitCode: 3 };
  const PublishedResult = { Type: 'ipfs', Params: { CID: 'Qm1' } };
  const description = described({
    executions: [
      { ID: 'e-2', NodeID: 'n-2', CreateTime: nanoseconds(2_000), RunOutput },
      { RunOutput, PublishedResult },
    ],
    history: [event(4_000, { ExecutionID: 'e-1' }), event(5_000, { ExecutionID: 'e-2' })],
  });
  expect(description).toMatchObject({
    ...{ id: 'j-1', state: 'Completed', count: 2, queuedMs: 4_000, runningMs: 6_000, reason: undefined },
    executions: [
      { id: 'e-1', nodeId: 'n-1', state: 'completed', exitCode: 3, queuedMs: 3_000, runningMs: 5_000, stdout: 'hi\n' },
      { id: 'e-2', queuedMs: 3_000, runningMs: 4_000, result: undefined },
    ],
  });
  expect(description.executions[0]?.result).toEqual({ type: 'ipfs', cid: 'Qm1', executionId: 'e-1' });
  expect(`${description}`).toBe(`Job j-1 (nightly)
  state      Completed
  type       batch, 2 executions
  namespace  default
  submitted  2026-01-02T03:04:05.000Z
  queued     4.0 s
  running    6.0 s

Execution e-1 on node n-1
  state      completed
  exit code  3
  queued     3.0 s
  running    5.0 s
  result     ipfs://Qm1
  stdout     hi

Execution e-2 on node n-2
  state      completed
  exit code  3
  queued     3.0 s
  running    4.0 s
  stdout     hi`);
});

test('what goes on has lasted until now, and nothing is said that is not known', () => {
  const waiting = described({ job: { State: { StateType: 'Queued', Message: 'no room' } } });
  expect(waiting).toMatchObject({ queuedMs: 60_000, runningMs: undefined, reason: 'no room', executions: [] });
  const running = described({
    job: { State: { StateType: 'Running' } },
    executions: [{ ComputeState: { StateType: 5 }, DesiredState: { StateType: 1 } }],
    history: [event(4_000, { ExecutionID: 'e-1' })],
  });
  expect(running).toMatchObject({ queuedMs: 4_000, runningMs: 56_000 });
  expect(running.executions).toMatchObject([{ state: 'running', exitCode: undefined, runningMs: 56_000 }]);
  const untold = described({ executions: [{}] });
  expect(untold).toMatchObject({ queuedMs: undefined, runningMs: undefined });
  expect(untold.executions).toMatchObject([{ state: 'completed', exitCode: 0, queuedMs: undefined }]);
});

test('an execution that failed has its reason, and an exit code only if its program had one', () => {
  const failed = { ComputeState: { StateType: 10, Message: 'Running' } } as const;
  const isError = { Message: 'image not found', Topic: 'Docker', Timestamp: time(2_000), Details: { IsError: 'true' } };
  const description = described({
    job: { State: { StateType: 'Failed', Message: 'not enough nodes' } },
    executions: [
      { ...failed, RunOutput: { ErrorMsg: 'killed', ExitCode: 137 } },
      { ...failed, ID: 'e-2', RunOutput: { ExitCode: 0 } },
    ],
    history: [event(2_000, { ExecutionID: 'e-2', Event: isError })],
  });
  expect(description.executions).toMatchObject([
    { state: 'failed', reason: 'killed', exitCode: 137 },
    { state: 'failed', reason: 'image not found', exitCode: undefined },
  ]);
  expect(description.reason).toBe('not enough nodes');
});

test('servers before 1.5 tell of states in numbers, and of the reason of a stop in the history', () => {
  const description = described({
    server: 'v1.4.0',
    job: { State: { StateType: 'Stopped', Message: 'Job requested to stop before completion' } },
    executions: [{ ComputeState: { StateType: 9 } }],
    history: [
      event(3_000, { ExecutionID: 'e-1', ExecutionState: { Previous: 3, New: 5 } }),
      event(8_000, {
        Type: 'JobLevel',
        JobState: { Previous: 'Running', New: 'Stopped' },
        Event: { Message: '', Topic: '', Timestamp: time(8_000), Details: { Reason: 'enough' } },
      }),
    ],
  });
  expect(description).toMatchObject({ reason: 'enough' });
  expect(description.executions).toMatchObject([{ state: 'cancelled', queuedMs: 2_000, runningMs: 6_000 }]);
});

test('its text has no secret, controls no terminal, and is not as long as a server wants', () => {
  const secrets = new Secrets();
  secrets.add('very-secret-key-0123456789');
  const hostile = '\u001b[2Jvery-secret-key-0123456789\u202e\n  state      Completed';
  const description = described({
    secrets,
    job: { Name: hostile, State: { StateType: 'Failed', Message: hostile }, Namespace: hostile, Type: hostile },
    executions: [{ NodeID: hostile, RunOutput: { Stdout: hostile.repeat(10_000), stderr: hostile, ExitCode: 0 } }],
  });
  const text = `${description}`;
  // What else is in it is one of its own line breaks.
  expect(text).not.toMatch(/[^\n\P{Cc}]|\u202e/u);
  expect(text).not.toContain('very-secret-key');
  expect(text.split('\n').filter((line) => line.startsWith('  state'))).toEqual([
    '  state      Failed',
    '  state      completed',
  ]);
  expect(text.length).toBeLessThan(20_000);
});

test('takes no longer for each of very many executions', () => {
  const ids = Array.from({ length: 130_000 }, (_, index) => `e-${index}`);
  const history = ids.map((ExecutionID) => event(2_000, { ExecutionID }));
  const started = performance.now();
  const { executions, queuedMs } = described({ executions: ids.map((ID) => ({ ID })), history });
  expect([executions.length, executions[99]?.queuedMs, queuedMs]).toEqual([130_000, 1_000, 2_000]);
  expect(performance.now() - started).toBeLessThan(20_000);
});

test('shows where a result is without the signature that opens it', () => {
  const PublishedResult = { Type: 's3PreSigned', Params: { PreSignedURL: 'https://s3.example/k?X-Amz-Signature=a' } };
  const description = described({ executions: [{ PublishedResult, ComputeState: { StateType: 9 } }] });
  expect(String(description)).toContain('https://s3.example/k?…');
  expect(description.executions[0]?.result).toMatchObject({ url: expect.stringContaining('Signature=a') });
});
