import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

const script = resolve(__dirname, '../../scripts/check-spec.ts');

const folder = mkdtempSync(join(tmpdir(), 'check-spec-'));
afterAll(() => rmSync(folder, { recursive: true }));

let files = 0;
function write(text: string): string {
  files += 1;
  const file = join(folder, `${files}.txt`);
  writeFileSync(file, text);
  return file;
}

interface Ending {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function checkSpec(...args: string[]): Promise<Ending> {
  try {
    return { code: 0, ...(await promisify(execFile)(process.execPath, [script, ...args])) };
  } catch (error) {
    const { code, stdout, stderr } = error as Ending;
    return { code, stdout, stderr };
  }
}

const OURS = `
openapi: 3.0.3
paths:
  /api/v1/jobs:
    get:
      parameters:
        - { name: limit, in: query, schema: { type: integer } }
        - { name: order_by, in: query, schema: { $ref: "#/components/schemas/OrderBy" } }
        - { name: old, in: query, schema: { type: string } }
        - { name: fresh, in: query, schema: { type: boolean } }
      responses:
        "200":
          content: { application/json: { schema: { $ref: "#/components/schemas/Jobs" } } }
        "404":
          content: { application/json: { schema: { $ref: "#/components/schemas/Problem" } } }
  /api/v1/jobs/{jobId}:
    put:
      requestBody:
        content: { application/json: { schema: { $ref: "#/components/schemas/Change" } } }
      responses: { "200": { content: { application/json: { schema: { type: string } } } } }
  /api/v1/gone:
    get: { responses: { "200": {} } }
components:
  schemas:
    Jobs:
      type: object
      required: [Items]
      properties:
        Items: { type: array, items: { $ref: "#/components/schemas/Job" } }
    Job:
      type: object
      required: [Name]
      properties:
        Name: { type: string }
        Count: { type: integer }
        Priority: { type: integer }
        Labels: { type: object, additionalProperties: { type: string } }
        Type: { $ref: "#/components/schemas/JobType" }
        State: { allOf: [{ $ref: "#/components/schemas/State" }], description: How far it is }
        Phase: { $ref: "#/components/schemas/Phase" }
        Parent: { $ref: "#/components/schemas/Job" }
        Network: { type: object, properties: { Ports: { type: array, items: { type: integer } } } }
        Free: {}
        Extra: { type: object, x-open: true, properties: {} }
    JobType: { type: string, enum: [batch, ops] }
    OrderBy: { type: string, enum: [name, age] }
    State: { type: string, enum: [Pending, Done] }
    Phase: { type: integer, enum: [0, 1], x-enum-varnames: [New, Old] }
    Change: { type: object, properties: { Count: { type: integer } } }
    Problem:
      oneOf:
        - { type: object, properties: { Message: { type: string } } }
        - { type: object, properties: { error: { type: string } } }
`;

/** The same, as a server's source would say it: Swagger 2.0, other names of models and path parameters. */
const same = () => ({
  swagger: '2.0',
  host: 'localhost:1234',
  basePath: '/',
  paths: {
    '/api/v1/jobs': {
      get: {
        produces: ['application/json'],
        parameters: [
          { name: 'limit', in: 'query', type: 'integer' } as object,
          { name: 'order_by', in: 'query', type: 'string', enum: ['name', 'age'] },
          { name: 'old', in: 'query', type: 'string' },
          { name: 'fresh', in: 'query', type: 'boolean' },
        ],
        responses: {
          200: { description: 'OK', schema: { $ref: '#/definitions/api.ListJobsResponse' } },
          404: { description: 'none', schema: { type: 'object', properties: { error: { type: 'string' } } } as object },
        } as Record<string, object>,
      } as Record<string, unknown>,
    },
    '/api/v1/jobs/{id}': {
      put: {
        consumes: ['application/json'],
        produces: ['application/json'],
        parameters: [
          { name: 'id', in: 'path', required: true, type: 'string' },
          { name: 'body', in: 'body', schema: { $ref: '#/definitions/api.Change' } },
        ],
        responses: { 200: { description: 'OK', schema: { type: 'string' } } },
      },
    },
    '/api/v1/gone': { get: { responses: { 200: { description: 'OK' } } } },
  } as Record<string, Record<string, object>>,
  definitions: {
    'api.ListJobsResponse': {
      type: 'object',
      required: ['Items'],
      properties: { Items: { type: 'array', items: { $ref: '#/definitions/models.Job' } } },
    },
    'models.Job': {
      type: 'object',
      required: ['Name'],
      properties: {
        Name: { type: 'string' },
        Count: { type: 'integer' },
        Priority: { type: 'integer' },
        Labels: { type: 'object', additionalProperties: { type: 'string' } },
        Type: { type: 'string', enum: ['batch', 'ops'] },
        State: { $ref: '#/definitions/models.State' },
        Phase: { $ref: '#/definitions/models.Phase' },
        Parent: { $ref: '#/definitions/models.Job' },
        Network: { $ref: '#/definitions/models.Network' },
        Free: { type: 'string' },
        Extra: { type: 'object', properties: { anything: { type: 'string' } } },
      },
    },
    'models.State': { type: 'string', enum: ['Pending', 'Done'] },
    'models.Phase': { type: 'integer', enum: [0, 1], 'x-enum-varnames': ['PhaseNew', 'PhaseOld'] },
    'models.Network': { type: 'object', properties: { Ports: { type: 'array', items: { type: 'integer' } } } },
    'api.Change': { type: 'object', properties: { Count: { type: 'integer' } } },
  } as Record<string, { required?: string[]; properties?: Record<string, object>; enum?: unknown[] }>,
});

const ours = write(OURS);
const nothingKnown = write('[]');

const compare = (theirs: object, known = nothingKnown, ...more: string[]) =>
  checkSpec('--document', ours, '--known', known, ...more, write(JSON.stringify(theirs)));

/** What is printed between the name of the file and the summary. */
async function differences(theirs: object, known?: string): Promise<string[]> {
  const { code, stdout } = await compare(theirs, known);
  expect(code).toBe(1);
  return stdout.trimEnd().split('\n').slice(2, -2);
}

test('the same API in Swagger 2.0 has no differences', async () => {
  const { code, stdout } = await compare(same());
  expect(stdout).toMatch(/Nothing new\.\n$/);
  expect(code).toBe(0);
});

test('the description has no differences from itself', async () => {
  const { code, stdout } = await checkSpec('--known', nothingKnown, resolve(__dirname, '../../bacalhau.yaml'));
  expect(stdout).toMatch(/Nothing new\.\n$/);
  expect(code).toBe(0);
});

test('new, missing and deprecated endpoints, with the requests and responses of new ones', async () => {
  const theirs = same();
  delete theirs.paths['/api/v1/gone'];
  const list = theirs.paths['/api/v1/jobs']?.['get'];
  Object.assign(list ?? {}, { deprecated: true });
  theirs.definitions['api.Queue'] = {
    required: ['Name'],
    properties: { Name: { type: 'string' }, Jobs: { type: 'array', items: { $ref: '#/definitions/models.Job' } } },
  };
  theirs.paths['/api/v1/queues/{name}'] = {
    get: {
      summary: 'One queue',
      parameters: [
        { name: 'name', in: 'path', required: true, type: 'string' },
        { name: 'since', in: 'query', type: 'integer' },
      ],
      responses: {
        200: { description: 'OK', schema: { $ref: '#/definitions/api.Queue' } },
        500: { description: 'no' },
      },
    },
  };
  expect(await differences(theirs)).toEqual([
    'GET /api/v1/gone',
    '  - endpoint',
    '',
    'GET /api/v1/jobs',
    '  ~ endpoint: deprecated',
    '',
    'GET /api/v1/queues/{name}',
    '  + endpoint: One queue',
    '      query parameter since: integer',
    '      answer 200: Queue',
    '      Queue:',
    '        Name: string, required',
    '        Jobs: array of Job',
  ]);
});

test('parameters: new, missing, required, of another type, with other values, deprecated', async () => {
  const theirs = same();
  Object.assign(theirs.paths['/api/v1/jobs']?.['get'] ?? {}, {
    parameters: [
      { name: 'limit', in: 'query', type: 'string' },
      { name: 'order_by', in: 'query', type: 'string', required: true, enum: ['name', 'size'] },
      { name: 'fresh', in: 'query', type: 'boolean', 'x-any': 1 },
      { name: 'labels', in: 'query', type: 'array', items: { type: 'string' }, required: true },
      { name: 'X-Trace', in: 'header', type: 'string' },
    ],
  });
  expect(await differences(theirs)).toEqual([
    'GET /api/v1/jobs',
    '  ~ query parameter limit: integer -> string',
    '  ~ query parameter order_by: optional -> required',
    '  + query parameter labels: array of string, required',
    '  + header parameter X-Trace: string',
    '  - query parameter old: string',
    '',
    'OrderBy',
    '  + value size',
    '  - value age',
  ]);
});

test('bodies and statuses', async () => {
  const theirs = same();
  const list = theirs.paths['/api/v1/jobs']?.['get'];
  Object.assign(list ?? {}, {
    responses: {
      200: { description: 'OK', schema: { type: 'array', items: { type: 'string' } } },
      202: { description: 'later', schema: { $ref: '#/definitions/api.Change' } },
    },
  });
  Object.assign(theirs.paths['/api/v1/jobs/{id}']?.['put'] ?? {}, {
    parameters: [],
    produces: ['text/plain'],
  });
  Object.assign(theirs.paths['/api/v1/gone']?.['get'] ?? {}, {
    consumes: ['application/json'],
    parameters: [{ name: 'body', in: 'body', schema: { type: 'object', properties: {} } }],
  });
  expect(await differences(theirs)).toEqual([
    'GET /api/v1/gone',
    '  + request body: object',
    '',
    'GET /api/v1/jobs',
    '  + answer 202: Change',
    '  - answer 404',
    '',
    'PUT /api/v1/jobs/{jobId}',
    '  - request body: application/json',
    '  ~ answer 200: application/json -> text/plain',
    '',
    'Jobs',
    '  ~ type: object -> array',
  ]);
});

test('properties: new ones with their models, missing, required, optional, of another type, deprecated, nested', async () => {
  const theirs = same();
  const { Name: _, ...rest } = theirs.definitions['models.Job']?.properties ?? {};
  theirs.definitions['models.Job'] = {
    required: ['Count', 'Budget'],
    properties: {
      ...rest,
      Priority: { type: 'string' },
      Labels: { type: 'object', additionalProperties: { type: 'integer' } },
      Free: { type: 'integer', deprecated: true },
      Budget: { $ref: '#/definitions/models.Budget' },
    },
  };
  theirs.definitions['models.Network'] = {
    properties: { Ports: { type: 'array', items: { type: 'string' } }, Host: { type: 'string' } },
  };
  theirs.definitions['models.Budget'] = {
    properties: { Unit: { $ref: '#/definitions/models.Unit' }, Next: { $ref: '#/definitions/models.Budget' } },
  };
  theirs.definitions['models.Unit'] = { enum: ['euro', 'credit'] };
  expect(await differences(theirs)).toEqual([
    'Job',
    '  ~ Count: optional -> required',
    '  ~ Priority: integer -> string',
    '  ~ Labels{}: string -> integer',
    '  ~ Network.Ports[]: integer -> string',
    '  + Network.Host: string',
    '  ~ Free: deprecated',
    '  + Budget: Budget, required',
    '      Budget:',
    '        Unit: Unit',
    '        Next: Budget',
    '      Unit: one of euro, credit',
    '  - Name: string',
  ]);
});

test('values of enumerations, also where theirs are numbers and ours the names on the wire', async () => {
  const theirs = same();
  Object.assign(theirs.definitions['models.State'] ?? {}, {
    type: 'integer',
    enum: [0, 1, 2],
    'x-enum-varnames': ['StatePending', 'StateDone', 'StatePaused'],
  });
  Object.assign(theirs.definitions['models.Phase'] ?? {}, {
    enum: [1, 2],
    'x-enum-varnames': ['PhaseOld', 'PhaseDead'],
  });
  Object.assign(theirs.definitions['models.Job']?.properties ?? {}, {
    Type: { type: 'string', enum: ['batch', 'ops', 'cron'] },
    Free: { type: 'string', enum: ['a', 'b'] },
    Name: { type: 'string', enum: ['x'] },
  });
  expect(await differences(theirs)).toEqual([
    'Job',
    '  + Name: only these values: x',
    '  + Free: only these values: a, b',
    '',
    'JobType',
    '  + value cron',
    '',
    'Phase',
    '  + value 2 (PhaseDead)',
    '  - value 0 (New)',
    '',
    'State',
    '  ~ type: string -> integer',
    '  + value 2 (StatePaused)',
  ]);
});

test('listed differences are not new, and outdated entries are reported', async () => {
  const theirs = same();
  Object.assign(theirs.definitions['models.Job']?.properties ?? {}, {
    Priority: { type: 'string' },
    Hidden: { type: 'string' },
  });
  const known = (text: string) => write(`- reason: It is like that.\n  differences:\n${text}`);
  const both = known('    Job: ["~ Priority: integer -> string", "+ Hidden: string"]\n');
  const quiet = await compare(theirs, both);
  expect(quiet.stdout).toMatch(/\n\nNothing new\. 2 known ones in openapi\/known-differences\.yaml\.\n$/);
  expect(quiet.code).toBe(0);
  expect((await compare(theirs, both, '--all')).stdout).toContain(
    '  It is like that.\n  \n  Job\n    ~ Priority: integer -> string\n    + Hidden: string\n',
  );
  expect((await compare(theirs, known('    "*": ["* Priority: *", "+ Hid*"]\n'))).code).toBe(0);

  // Of another type than the known one.
  expect(await differences(theirs, known('    Job: ["~ Priority: integer -> boolean", "+ Hidden: string"]\n'))).toEqual(
    [
      'Job',
      '  ~ Priority: integer -> string',
      '',
      'Known, and gone: take these out of openapi/known-differences.yaml',
      '',
      'Job',
      '  ~ Priority: integer -> boolean',
    ],
  );
  const json = await compare(theirs, known('    Job: ["+ Hidden: string", "+ Other: string"]\n'), '--json');
  expect(JSON.parse(json.stdout)).toMatchObject({
    new: [{ subject: 'Job', sign: '~', what: 'Priority: integer -> string' }],
    gone: [{ subject: 'Job', line: '+ Other: string' }],
    known: [{ difference: { subject: 'Job', sign: '+', what: 'Hidden: string' }, reason: 'It is like that.' }],
  });
  expect(json.code).toBe(1);
});

test('the list needs reasons', async () => {
  const { code, stderr } = await compare(same(), write('- differences: { Job: ["+ A: string"] }'));
  expect(stderr).toMatch(/every entry needs a reason/);
  expect(code).toBe(2);
});

test.each([
  ['nothing', [], /usage/],
  ['two files', ['a', 'b'], /usage/],
  ['a file that is not there', ['/nowhere/swagger.json'], /ENOENT/],
  ['a file that describes nothing', [write('{"a": 1}')], /is not an API description: it has no "paths"/],
  ['another format', [write('{"asyncapi": "2.0", "paths": {}}')], /is neither Swagger 2\.0 nor OpenAPI 3/],
  ['a server that is not there', ['http://127.0.0.1:9'], /^http:\/\/127\.0\.0\.1:9 does not answer: /],
  ['an unknown option', ['--wrong', 'a'], /--wrong/],
])('%s ends with 2 and a reason', async (_, args, reason) => {
  const { code, stderr, stdout } = await checkSpec(...args);
  expect(stderr).toMatch(reason);
  expect(stdout).toBe('');
  expect(code).toBe(2);
});

test('a running server gets all read-only requests, and its deviating responses are reported', async () => {
  const asked: string[] = [];
  // Constructed: a server of a version that there is not yet.
  const server = createServer(({ method, url = '' }, response) => {
    asked.push(`${method} ${url}`);
    const send = (status: number, body: object) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    if (url.endsWith('/agent/alive')) return send(200, { Status: 1, Mood: 'good' });
    if (url.endsWith('/agent/version')) return send(200, { GitVersion: 'v1.10.0', Odd: [1.5] });
    if (url.includes('/orchestrator/nodes')) {
      return send(403, { Status: 403, Message: 'no', RequestID: '', Code: '', Component: 'APIServer' });
    }
    return send(404, { Status: 404, Message: 'no', RequestID: '', Code: 'NotFound', Component: 'APIServer' });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  try {
    const { code, stdout } = await checkSpec(url);
    expect(code).toBe(1);
    const lines = stdout.split('\n');
    expect(lines[0]).toMatch(/ \(Bacalhau v1\.10\.0\), \d+ answers$/);
    const about = (subject: string) => {
      const rest = lines.slice(lines.indexOf(subject) + 1);
      return rest.slice(0, rest.indexOf(''));
    };
    expect(about('GET /api/v1/agent/alive')).toEqual([
      '  + answer 200 Mood: string',
      '  ~ answer 200 Status: must be string, and is 1',
    ]);
    expect(about('GET /api/v1/agent/version')).toEqual([
      '  - answer 200 GitCommit',
      '  - answer 200 BuildDate',
      '  - answer 200 GOOS',
      '  - answer 200 GOARCH',
      '  + answer 200 Odd: array of number',
    ]);
    expect(about('GET /api/v1/agent/config')).toEqual(['  - endpoint']);
    expect(stdout).toContain('GET /api/v1/orchestrator/nodes: these credentials do not allow it');
    expect(stdout).toContain('PUT /api/v1/orchestrator/jobs: it changes something');
    expect(new Set(asked.map((line) => line.split(' ', 1)[0]))).toEqual(new Set(['GET']));
  } finally {
    server.close();
  }
});
