import { createConformanceChecker, type Exchange } from '../../src/index.js';

const checker = createConformanceChecker();

const JSON_TYPE = { 'content-type': 'application/json' };

function problemsOf(exchange: Partial<Omit<Exchange, 'body'>> & { body?: unknown }): string[] {
  const { body = '', ...rest } = exchange;
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return checker
    .check({ method: 'GET', path: '/api/v1/agent/alive', status: 200, headers: JSON_TYPE, ...rest, body: text })
    .map(({ part, pointer, message }) => `${part} ${pointer}: ${message}`);
}

const JOB = {
  ID: 'j-529702a5-512c-4de4-bd56-5d9072661c65',
  Name: 'hello',
  Namespace: 'default',
  Type: 'batch',
  Priority: 0,
  Count: 1,
  Constraints: [],
  Meta: {},
  Labels: { env: 'test' },
  Tasks: [
    {
      Name: 'main',
      Engine: { Type: 'wasm', Params: { EntryModule: '/app.wasm', Deep: { Anything: [1, null] } } },
      Publisher: { Type: '' },
      Resources: { CPU: '500m', Memory: '512mb' },
      Network: { Type: 'Default' },
      Timeouts: {},
    },
  ],
  State: { StateType: 'Completed' },
  Version: 1,
  Revision: 3,
  CreateTime: 1_795_321_911_402_796_500,
  ModifyTime: 1_795_321_912_975_525_000,
};

const jobWith = (changes: object) => ({
  path: '/api/v1/orchestrator/jobs/hello',
  body: { Job: { ...JOB, ...changes } },
});

const VERSION = {
  GitVersion: 'v1.9.3',
  GitCommit: 'a',
  BuildDate: '1970-01-01T00:00:00Z',
  GOOS: 'linux',
  GOARCH: 'amd64',
};
const NODE_INFO = {
  NodeID: 'n-1',
  NodeType: 'Compute',
  Labels: {},
  ComputeNodeInfo: {
    ExecutionEngines: null,
    Publishers: ['local'],
    StorageSources: [],
    MaxCapacity: { CPU: 1.6 },
    QueueCapacity: {},
    AvailableCapacity: {},
    MaxJobRequirements: {},
    RunningExecutions: 0,
    EnqueuedExecutions: 0,
  },
  BacalhauVersion: VERSION,
};

describe('an answer', () => {
  test('that is as described', () => {
    expect(problemsOf(jobWith({}))).toEqual([]);
  });

  test('that lacks a property required in responses, but optional in requests', () => {
    expect(problemsOf(jobWith({ ID: undefined }))).toEqual(["response /Job: must have required property 'ID'"]);
    expect(problemsOf(jobWith({ Tasks: undefined }))).toEqual(["response /Job: must have required property 'Tasks'"]);
  });

  test('that has an undescribed property', () => {
    expect(problemsOf(jobWith({ Owner: 'me' }))).toEqual(['response /Job/Owner: is not in the document']);
    expect(problemsOf(jobWith({ State: { StateType: 'Failed', Since: 1 } }))).toEqual([
      'response /Job/State/Since: is not in the document',
    ]);
  });

  test('with a wrong type', () => {
    expect(problemsOf(jobWith({ Count: '1' }))).toEqual(['response /Job/Count: must be integer']);
    expect(problemsOf(jobWith({ State: { StateType: 3 } }))).toContain('response /Job/State/StateType: must be string');
    expect(problemsOf(jobWith({ Labels: null }))).toEqual(['response /Job/Labels: must be object']);
  });

  test('with a new state', () => {
    expect(problemsOf(jobWith({ State: { StateType: 'Paused' } }))).toEqual([
      'response /Job/State/StateType: must be equal to one of the allowed values',
    ]);
  });

  test('with a status, a content type or a text that is not described', () => {
    expect(problemsOf({ status: 418, body: { Status: 'OK' } })).toEqual([
      'response : the status is not in the document',
    ]);
    expect(problemsOf({ headers: { 'content-type': 'text/plain; charset=utf-8' }, body: 'OK' })).toEqual([
      'response : the content type text/plain is not in the document',
    ]);
    expect(problemsOf({ headers: {}, body: { Status: 'OK' } })).toEqual([
      'response : the content type (none) is not in the document',
    ]);
    expect(problemsOf({ body: '<html>' })[0]).toMatch(/^response : is not JSON/);
  });

  test('whose content type has parameters, or that is the text of a timeout', () => {
    expect(
      problemsOf({ headers: { 'content-type': 'application/json; charset=UTF-8' }, body: { Status: 'OK' } }),
    ).toEqual([]);
    expect(
      problemsOf({ status: 503, headers: { 'content-type': 'text/plain; charset=utf-8' }, body: 'Server Timeout!' }),
    ).toEqual([]);
  });

  test('to something that is not an operation', () => {
    expect(problemsOf({ path: '/api/v1/orchestrator/evaluations' })).toEqual(['request : is not in the document']);
    expect(problemsOf({ method: 'PATCH', path: '/api/v1/orchestrator/jobs/x' })).toEqual([
      'request : is not in the document',
    ]);
  });

  test.each([
    ['of 1.5 and later', { Status: 404, Message: 'no', RequestID: '', Code: 'NotFound', Component: 'JobStore' }],
    ['of 1.4', { error: 'code=404', message: 'Not Found' }],
    [
      'to a client that is too old',
      { Error: 'old', MinVersion: '1.4.0', ClientVersion: '1.3.0', ServerVersion: '1.9.3' },
    ],
  ])('that is an error %s', (_, body) => {
    const path = '/api/v1/orchestrator/jobs/nope';
    expect(problemsOf({ path, status: 404, body })).toEqual([]);
    expect(problemsOf({ path, status: 404, body: { ...body, Extra: 1 } })).not.toEqual([]);
  });

  test.each([
    ['since 1.6', NODE_INFO],
    ['before', { Info: NODE_INFO, Membership: 'APPROVED', Connection: 'CONNECTED' }],
  ])('about the agent %s', (_, body) => {
    expect(problemsOf({ path: '/api/v1/agent/node', body })).toEqual([]);
    expect(problemsOf({ path: '/api/v1/agent/node', body: { ...body, NodeType: 1 } })).not.toEqual([]);
  });

  test('that may have any content', () => {
    expect(problemsOf({ path: '/api/v1/agent/debug', body: { Whatever: [1] } })).toEqual([]);
    expect(problemsOf({ path: '/api/v1/agent/config', body: { config: { API: {} } } })).toEqual([]);
    expect(problemsOf({ path: '/api/v1/agent/config', body: { API: {} } })).toEqual([]);
  });

  test('that opens a socket, or would have', () => {
    const path = '/api/v1/orchestrator/jobs/x/logs?follow=true';
    expect(problemsOf({ path, status: 101, headers: {} })).toEqual([]);
    expect(problemsOf({ path, headers: { 'content-type': 'text/plain' } })).toEqual([]);
    expect(problemsOf({ path, headers: { 'content-type': 'text/plain' }, body: 'x' })).toEqual([
      'response : has a body, but the document describes none',
    ]);
  });
});

test('an execution of 1.4 that has not ended has null where later ones have empty objects', () => {
  const execution = {
    ...{ ID: 'e-1', Namespace: 'default', EvalID: '', Name: '', NodeID: 'n-1', JobID: 'j-1' },
    ...{ PreviousExecution: '', NextExecution: '', FollowupEvalID: '', Revision: 1, CreateTime: 1, ModifyTime: 1 },
    AllocatedResources: { Tasks: {} },
    DesiredState: { StateType: 1 },
    ComputeState: { StateType: 5 },
    PublishedResult: null,
  };
  const list = (changes: object) => ({
    path: '/api/v1/orchestrator/jobs/x/executions',
    body: { NextToken: '', Items: [{ ...execution, ...changes }] },
  });
  expect(problemsOf(list({ RunOutput: null }))).toEqual([]);
  expect(problemsOf(list({ PublishedResult: { Type: '' }, RunOutput: null }))).toEqual([]);
  expect(problemsOf(list({ RunOutput: { ExitCode: 0 } }))).toContain(
    "response /Items/0/RunOutput: must have required property 'Stdout'",
  );
});

describe('a request', () => {
  const put = (requestBody: unknown, status = 200) => ({
    method: 'PUT',
    path: '/api/v1/orchestrator/jobs',
    requestBody: JSON.stringify(requestBody),
    status,
    body:
      status === 200
        ? { JobID: 'j-1', EvaluationID: '', Warnings: null }
        : { Status: status, Message: '', RequestID: '', Code: '', Component: '' },
  });
  const Tasks = [{ Name: 'main', Engine: { Type: 'docker' } }];

  test('with only required properties', () => {
    expect(problemsOf(put({ Job: { Type: 'batch', Tasks } }))).toEqual([]);
  });

  test('that the server accepts although it is not as described', () => {
    expect(problemsOf(put({ Job: { Type: 'batch', Tasks, Lables: {} } }))).toEqual([
      'request /Job/Lables: is not in the document',
    ]);
    expect(problemsOf(put({ Job: { Tasks } }))).toEqual(["request /Job: must have required property 'Type'"]);
  });

  test('that the server refuses may be anything', () => {
    expect(problemsOf(put({ Job: 1 }, 400))).toEqual([]);
  });

  test('with a query parameter that the server ignores', () => {
    const list = { path: '/api/v1/orchestrator/nodes?filter_approval=approved&labels=a&labels=b' };
    expect(problemsOf({ ...list, body: { NextToken: '', Nodes: [] } })).toEqual([
      'request : the query parameter filter_approval is not in the document',
    ]);
  });

  test('is identified by its path', () => {
    expect(checker.operationOf('PUT', '/api/v1/orchestrator/jobs/diff')).toBe('diffJob');
    expect(checker.operationOf('GET', '/api/v1/orchestrator/jobs/diff?x=1')).toBe('getJob');
    expect(checker.operationOf('DELETE', '/api/v1/orchestrator/jobs/diff')).toBe('stopJob');
    expect(checker.operationOf('GET', '/api/v1/orchestrator/jobs/')).toBeUndefined();
  });
});

describe('a log frame', () => {
  const problems = (frame: string) =>
    checker.checkLogFrame(frame).map(({ pointer, message }) => `${pointer}: ${message}`);

  test('as servers send them', () => {
    expect(problems('{"value":{"Type":1,"Line":"out\\n"}}\n')).toEqual([]);
    expect(problems('{"error":"job not found: nope","value":{"Type":0,"Line":""}}\n')).toEqual([]);
  });

  test('that is something else', () => {
    expect(problems('{"value":{"Type":"1","Line":"x"}}')).toContain('/value/Type: must be integer');
    expect(problems('{"line":"x"}')).toEqual([
      ": must have required property 'value'",
      '/line: is not in the document',
    ]);
    expect(problems('hello')[0]).toMatch(/is not JSON/);
  });
});
