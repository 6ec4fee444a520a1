import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { InputSource } from 'bacalhau-apiclient';
import fc from 'fast-check';
import { checkWasmModule } from '../../src/builders/check-wasm-module.js';
import { docker } from '../../src/builders/docker.js';
import { inputs } from '../../src/builders/inputs.js';
import { publishers } from '../../src/builders/publishers.js';
import { wasm } from '../../src/builders/wasm.js';
import { InvalidJobError } from '../../src/errors/client-errors.js';
import { loadJob, parseJob } from '../../src/job-files/index.js';
import { Jobs } from '../../src/jobs/jobs.js';
import { phaseOf } from '../../src/model/execution-phase.js';
import { parseRelease } from '../../src/model/release.js';
import { checkJob } from '../../src/spec/check-job.js';
import { completeAtSubmission } from '../../src/spec/completion.js';
import { withLocalContent } from '../../src/spec/local-content.js';
import { moduleOf } from '../support/wasm-jobs.js';

test('docker: every setting arrives in the field that servers read', () => {
  const job = docker({
    name: 'all',
    namespace: 'team',
    type: 'service',
    count: 2,
    priority: 5,
    labels: { a: 'b' },
    meta: { c: 'd' },
    constraints: [{ Key: 'region', Operator: '=', Values: ['eu'] }],
    image: 'ubuntu',
    entrypoint: ['/bin/sh'],
    parameters: ['-c', 'date'],
    workingDirectory: '/tmp',
    env: { GREETING: 'hi' },
    inputs: [
      inputs.inline({ content: 'hé', target: '/in/a' }),
      inputs.local({ path: '/data', target: '/in/b', readWrite: true }),
      inputs.url({ url: 'https://example.org/c.csv', target: '/in/c' }),
      inputs.s3({ bucket: 'k', key: 'x/*', region: 'eu-west-1', target: '/in/d' }),
      inputs.ipfs({ cid: 'Qm', target: '/in/e' }),
    ],
    outputs: { out: '/out' },
    publisher: publishers.s3({ bucket: 'k', key: 'r/{jobID}', encoding: 'plain' }),
    resources: { cpu: 0.5, memory: '1GB', disk: 1_000_000, gpu: 1 },
    network: 'HOST',
    timeouts: { executionSeconds: 60, queueSeconds: 30, totalSeconds: 90 },
  });
  expect(job).toEqual({
    Name: 'all',
    Namespace: 'team',
    Type: 'service',
    Count: 2,
    Priority: 5,
    Labels: { a: 'b' },
    Meta: { c: 'd' },
    Constraints: [{ Key: 'region', Operator: '=', Values: ['eu'] }],
    Tasks: [
      {
        Name: 'main',
        Engine: {
          Type: 'docker',
          Params: { Image: 'ubuntu', Entrypoint: ['/bin/sh'], Parameters: ['-c', 'date'], WorkingDirectory: '/tmp' },
        },
        Publisher: { Type: 's3', Params: { Bucket: 'k', Key: 'r/{jobID}', Encoding: 'plain' } },
        Env: { GREETING: 'hi' },
        InputSources: [
          { Source: { Type: 'inline', Params: { URL: 'data:application/octet-stream;base64,aMOp' } }, Target: '/in/a' },
          { Source: { Type: 'localDirectory', Params: { SourcePath: '/data', ReadWrite: true } }, Target: '/in/b' },
          { Source: { Type: 'urlDownload', Params: { URL: 'https://example.org/c.csv' } }, Target: '/in/c' },
          { Source: { Type: 's3', Params: { Bucket: 'k', Key: 'x/*', Region: 'eu-west-1' } }, Target: '/in/d' },
          { Source: { Type: 'ipfs', Params: { CID: 'Qm' } }, Target: '/in/e' },
        ],
        ResultPaths: [{ Name: 'out', Path: '/out' }],
        Resources: { CPU: '0.5', Memory: '1GB', Disk: '1000000B', GPU: '1' },
        Network: { Type: 'Host' },
        Timeouts: { ExecutionTimeout: 60, QueueTimeout: 30, TotalTimeout: 90 },
      },
    ],
  });
  checkJob(job);
  expect(docker({ image: 'x' })).toEqual({
    Type: 'batch',
    Count: 1,
    Tasks: [{ Name: 'main', Engine: { Type: 'docker', Params: { Image: 'x' } } }],
  });
  expect(docker({ image: 'x', type: 'ops' })).not.toHaveProperty('Count');
  expect(() => docker({ image: 'x', network: 'wifi' })).toThrow(/network is "wifi".*none/);
});

test('docker: what is less often needed', () => {
  const job = docker({
    image: 'ubuntu',
    environmentVariables: { http_proxy: 'http://proxy:3128' },
    constraints: 'region in (eu,us), !gpu',
    inputs: [
      inputs.local({ path: '/cache', target: '/cache', readWrite: true, createAs: 'dir', alias: 'cache' }),
      inputs.s3({ bucket: 'k', key: 'x/', target: '/x', partition: { Type: 'date', DateFormat: '2006' } }),
      's3://k/y/*:/y,opt=region=eu',
    ],
    publisher: 's3://k/{jobID}',
    network: {
      ports: [
        { name: 'http', target: 80 },
        { name: 'rpc', static: 8080, hostNetwork: '127.0.0.1' },
      ],
    },
    taskName: 'convert',
    taskMeta: { owner: 'Ada' },
  });
  expect(job).toEqual({
    Type: 'batch',
    Count: 1,
    Constraints: [
      { Key: 'region', Operator: 'in', Values: ['eu', 'us'] },
      { Key: 'gpu', Operator: '!' },
    ],
    Tasks: [
      {
        Name: 'convert',
        Meta: { owner: 'Ada' },
        Engine: {
          Type: 'docker',
          Params: { Image: 'ubuntu', EnvironmentVariables: ['http_proxy=http://proxy:3128'] },
        },
        Publisher: { Type: 's3', Params: { Bucket: 'k', Key: '{jobID}' } },
        InputSources: [
          {
            Source: { Type: 'localDirectory', Params: { SourcePath: '/cache', ReadWrite: true, CreateAs: 'dir' } },
            Target: '/cache',
            Alias: 'cache',
          },
          {
            Source: {
              Type: 's3',
              Params: { Bucket: 'k', Key: 'x/', Partition: { Type: 'date', DateFormat: '2006' } },
            },
            Target: '/x',
          },
          { Source: { Type: 's3', Params: { Bucket: 'k', Key: 'y/*', Region: 'eu' } }, Target: '/y' },
        ],
        Network: {
          Type: 'Bridge',
          Ports: [
            { Name: 'http', Target: 80 },
            { Name: 'rpc', Static: 8080, HostNetwork: '127.0.0.1' },
          ],
        },
      },
    ],
  });
  checkJob(job);
});

test.each([
  [{ domains: ['example.org'] }, { Type: 'HTTP', Domains: ['example.org'] }],
  [
    { type: 'host' as const, ports: [] },
    { Type: 'Host', Ports: [] },
  ],
  [
    { Type: 'HTTP' as const, Domains: ['example.org'] },
    { Type: 'HTTP', Domains: ['example.org'] },
  ],
  [{}, {}],
])('the network %j', (network, expected) => {
  expect(docker({ image: 'x', network }).Tasks[0]?.Network).toEqual(expected);
});

test.each<[unknown, RegExp]>([
  [{ domain: ['a'] }, /^domain is not a setting of network\. Did you mean domains\?$/],
  [{ type: 'wifi' }, /^network\.type is "wifi"/],
  [{ ports: [{ name: 'http', port: 80 }] }, /^ports\[0\]\.port is not a setting of ports\[0\]/],
])('the network %j is refused', (network, message) => {
  // Plain JavaScript can pass anything.
  expect(() => docker({ image: 'x', network: network as 'none' })).toThrow(message);
});

describe('wasm', () => {
  const today = { serverRelease: parseRelease('v1.9.3') };

  test('adapts to the release of the server', async () => {
    const spec = wasm({ module: await moduleOf('x', 0), parameters: ['a'] });
    const [task] = (await spec.toJob(today)).Tasks;
    const source = {
      Source: { Type: 'inline', Params: { URL: expect.stringMatching(/^data:application\/wasm;base64,AGFzb/) } },
    };
    const path = '/bacalhau-module/main.wasm';
    expect(task?.Engine).toEqual({
      Type: 'wasm',
      Params: { EntryModule: path, Entrypoint: '_start', Parameters: ['a'] },
    });
    expect(task?.InputSources).toEqual([{ ...source, Target: path }]);
    const [old] = (await spec.toJob({ serverRelease: parseRelease('v1.4.0') })).Tasks;
    expect(old?.Engine.Params).toEqual({
      EntryModule: { ...source, Target: path },
      EntryPoint: '_start',
      Parameters: ['a'],
    });
    expect(old?.InputSources).toBeUndefined();
  });

  test('accepts a module from a file, a URL or the node', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'bacalhau-wasm-'));
    const file = join(folder, 'm.wasm');
    await writeFile(file, await moduleOf('x', 0));
    const inputOf = async (module: string | URL | { nodePath: string }) =>
      (await wasm({ module }).toJob(today)).Tasks[0]?.InputSources?.[0];
    expect((await inputOf(file))?.Source.Type).toBe('inline');
    expect((await inputOf(pathToFileURL(file)))?.Source.Type).toBe('inline');
    expect(await inputOf({ nodePath: '/srv/m.wasm' })).toMatchObject({
      Source: { Params: { SourcePath: '/srv/m.wasm' } },
    });
    const url = await wasm({ module: new URL('https://example.org/a%20b.wasm?x=1') }).toJob(today);
    expect(url.Tasks[0]?.Engine.Params).toMatchObject({ EntryModule: '/bacalhau-module/a b.wasm' });
    await rm(folder, { recursive: true });
  });

  test('before 1.7 modules that are inputs are sources of the engine', async () => {
    const input = inputs.s3({ bucket: 'k', key: 'm.wasm', target: '/m' });
    const lib = inputs.ipfs({ cid: 'Qm', target: '/lib' });
    const data = inputs.url({ url: 'https://example.org/a.csv', target: '/data' });
    const spec = wasm({ module: input, importModules: [lib], inputs: [data] });
    const [task] = (await spec.toJob(today)).Tasks;
    expect(task?.Engine.Params).toEqual({
      EntryModule: '/m',
      Entrypoint: '_start',
      Parameters: [],
      ImportModules: ['/lib'],
    });
    expect(task?.InputSources).toEqual([input, lib, data]);
    const [old] = (await spec.toJob({ serverRelease: parseRelease('v1.4.0') })).Tasks;
    expect(old?.Engine.Params).toEqual({
      EntryModule: input,
      EntryPoint: '_start',
      Parameters: [],
      ImportModules: [lib],
    });
    expect(old?.InputSources).toEqual([data]);
  });

  test('before 1.7 a file that this process serves has its path as its target', async () => {
    const server = { url: 'http://127.0.0.1:1/f', close: () => undefined };
    const Source = { Type: 'urlDownload', Params: { URL: server.url } };
    const content = { kind: 'file', sha256: '00' } as const;
    const served = (path: string) =>
      completeAtSubmission<InputSource>({ Source, Target: path }, (input) => ({
        Source: withLocalContent(Source, { ...content, path, server }),
        Target: `${input.Target}/..`,
      }));
    const stored = { Source: withLocalContent({ Type: 's3', Params: {} }, { ...content, path: '/s/f' }), Target: '/s' };
    const spec = wasm({ module: served('/m/f'), inputs: [served('/in/f'), stored] });
    const [task] = (await spec.toJob({ serverRelease: parseRelease('v1.6.0') })).Tasks;
    expect(task?.Engine.Params).toMatchObject({ EntryModule: { Source, Target: '/m/f' } });
    expect(task?.InputSources).toMatchObject([{ Source, Target: '/in/f' }, { Target: '/s' }]);
    const [newer] = (await spec.toJob(today)).Tasks;
    expect(newer?.Engine.Params).toMatchObject({ EntryModule: '/m/f' });
    expect(newer?.InputSources).toMatchObject([{ Target: '/m/f/..' }, { Target: '/in/f/..' }, { Target: '/s' }]);
  });

  test('no bytes crash or hang the check of a module', () => {
    const header = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        for (const module of [bytes, new Uint8Array([...header, ...bytes])]) {
          try {
            checkWasmModule(module, 'module');
          } catch (error) {
            expect(error).toBeInstanceOf(InvalidJobError);
          }
        }
      }),
    );
  });
});

describe('job files', () => {
  const YAML = `
name: from a file
TYPE: batch
count: 1
constraints:
  - key: region
    operator: in
    values: [eu, us]
tasks:
  - name: main
    engine:
      type: docker
      params:
        image: ubuntu
        Parameters: [echo, hi]
    env:
      GREETING: hi
    inputSources:
      - source: { type: local, params: { SourcePath: /data } }
        target: /in
`;

  test('are YAML or JSON, in which the case of field names is ignored', async () => {
    const job = await parseJob(YAML);
    expect(job).toEqual({
      Name: 'from a file',
      Type: 'batch',
      Count: 1,
      Constraints: [{ Key: 'region', Operator: 'in', Values: ['eu', 'us'] }],
      Tasks: [
        {
          Name: 'main',
          Engine: { Type: 'docker', Params: { image: 'ubuntu', Parameters: ['echo', 'hi'] } },
          Env: { GREETING: 'hi' },
          InputSources: [{ Source: { Type: 'local', Params: { SourcePath: '/data' } }, Target: '/in' }],
        },
      ],
    });
    expect(await parseJob(JSON.stringify(job))).toEqual(job);
  });

  test('errors name the file or the field', async () => {
    await expect(loadJob('/no/such/job.yaml')).rejects.toMatchObject({
      field: 'The job file',
      message: expect.stringMatching(/no\/such\/job\.yaml.*ENOENT/),
    });
    await expect(parseJob('a: [', { name: 'job.yaml' })).rejects.toMatchObject({ field: 'job.yaml' });
    await expect(parseJob('just text')).rejects.toMatchObject({ field: 'Job' });
    await expect(parseJob('Type: batch')).rejects.toMatchObject({ field: 'Job.Tasks' });
    await expect(parseJob(YAML.replace('operator: in', 'operator: In'))).rejects.toMatchObject({
      field: 'Job.Constraints[0].Operator',
    });
  });

  test('no text crashes or hangs the parser', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.string(), fc.json()), async (text) => {
        await parseJob(text).catch((error: unknown) => expect(error).toBeInstanceOf(InvalidJobError));
      }),
    );
  });
});

describe('a job that servers accept and then never run', () => {
  const job = docker({ image: 'x' });
  const [task] = job.Tasks;

  test.each<[string, object]>([
    ['Job.Constraints[0].Operator', { Constraints: [{ Key: 'a', Operator: 'In', Values: ['b'] }] }],
    ['Job.Constraints[0].Values', { Constraints: [{ Key: 'a', Operator: 'in', Values: [] }] }],
    ['Job.Constraints[0].Values', { Constraints: [{ Key: 'a', Operator: 'exists', Values: ['b'] }] }],
    ['Job.Constraints[0].Values', { Constraints: [{ Key: 'a', Operator: 'gt', Values: ['1', '2'] }] }],
    ['Job.Constraints[0].Key', { Constraints: [{ Operator: 'exists' }] }],
    ['Job.Count', { Type: 'ops', Count: 2 }],
    ['Job.Tasks[0].Env.lower', { Tasks: [{ ...task, Env: { lower: 'x' } }] }],
    ['Job.Tasks[0].Env.BACALHAU_X', { Tasks: [{ ...task, Env: { BACALHAU_X: 'x' } }] }],
    ['Job.Tasks[0].Env.EMPTY', { Tasks: [{ ...task, Env: { EMPTY: '' } }] }],
    ['Job', { Meta: { large: 'é'.repeat(500_001) } }],
  ])('is refused, naming %s', (field, change) => {
    expect(() => checkJob({ ...job, ...change })).toThrow(expect.objectContaining({ name: 'InvalidJobError', field }));
  });

  test('a job that is just small enough passes', () => {
    checkJob({ ...job, Meta: { large: 'x'.repeat(999_000) } });
  });
});

test('execution states depend on the server’s release, and unknown ones count as running', () => {
  const phases = (version: string | undefined) =>
    [0, 4, 5, 6, 7, 8, 9, 10, 11, 12].map((state) =>
      phaseOf({ ComputeState: { StateType: state }, DesiredState: { StateType: 0 } }, parseRelease(version)),
    );
  const today = [
    'placing',
    'rejected',
    'running',
    'running',
    'running',
    'rejected',
    'completed',
    'failed',
    'cancelled',
    'running',
  ];
  expect(phases('v1.9.3')).toEqual(today);
  expect(phases('v1.5.2')).toEqual(today);
  expect(phases('v0.0.0-xxxxxxx')).toEqual(today);
  expect(phases('v1.5.1')).toEqual([
    ...[
      'placing',
      'rejected',
      'running',
      'rejected',
      'completed',
      'failed',
      'cancelled',
      'running',
      'running',
      'running',
    ],
  ]);
});

test('the state that the orchestrator wants decides while the node reports nothing new', () => {
  const phases = (version: string, wanted: number) =>
    [1, 3, 5, 9, 10].map((state) =>
      phaseOf({ ComputeState: { StateType: state }, DesiredState: { StateType: wanted } }, parseRelease(version)),
    );
  expect(phases('v1.6.0', 0)).toEqual(['placing', 'placing', 'running', 'completed', 'failed']);
  expect(phases('v1.6.0', 1)).toEqual(['running', 'running', 'running', 'completed', 'failed']);
  expect(phases('v1.9.3', 1)).toEqual(['running', 'running', 'running', 'completed', 'failed']);
  expect(phases('v1.6.0', 2)).toEqual(['cancelled', 'cancelled', 'cancelled', 'completed', 'failed']);
  // There, 3 is before the node was told to run it.
  expect(phases('v1.4.0', 1)).toEqual(['placing', 'placing', 'running', 'cancelled', 'running']);
});

describe('invalid values from plain JavaScript', () => {
  /** A value that the types forbid, as plain JavaScript can pass it. */
  const anything = (value: unknown) => value as never;

  test.each<[string, object]>([
    ['image', {}],
    ['image', { image: ' ' }],
    ['entrypoint', { image: 'ubuntu', entrypoint: 'echo hi' }],
    ['parameters', { image: 'ubuntu', parameters: 'hi' }],
    ['parameters[1]', { image: 'ubuntu', parameters: ['sleep', 5] }],
    ['inputs', { image: 'ubuntu', inputs: inputs.inline({ content: 'x', target: '/x' }) }],
  ])('the %s of %j is refused by name', (field, settings) => {
    const attempt = () => docker(anything(settings));
    expect(attempt).toThrow(InvalidJobError);
    expect(attempt).toThrow(expect.objectContaining({ field }));
  });

  test.each([
    null,
    {},
    new ArrayBuffer(8),
    { nodePath: 5 },
    'https://example.org/m.wasm',
    new URL('https://example.org/%ZZ.wasm'),
    new URL('data:,x'),
  ])('the module %p is refused', (module) => {
    const attempt = () => wasm({ module: anything(module) });
    expect(attempt).toThrow(InvalidJobError);
    expect(attempt).toThrow(/^module /);
  });

  test.each([undefined, 5, new ArrayBuffer(4)])(
    'the content %p is refused instead of sent as an empty file',
    (content) => {
      expect(() => inputs.inline({ content: anything(content), target: '/x' })).toThrow(
        /^content (is missing|must be a string or a Uint8Array)/,
      );
    },
  );

  test.each([undefined, null, 5, 'job.yaml', [], { Type: 'batch', Tasks: [{ Name: 'm', Engine: null }] }])(
    'the job %j is refused before anything is sent',
    async (job) => {
      const jobs = new Jobs({ baseUrl: 'http://127.0.0.1:1', env: {}, logLevel: 'off' });
      await expect(jobs.submit(anything(job))).rejects.toBeInstanceOf(InvalidJobError);
      await expect(jobs.run(anything(job))).rejects.toBeInstanceOf(InvalidJobError);
    },
  );
});

test.each([
  ['docker', docker],
  ['wasm', wasm],
])('%s without settings is refused, naming the builder', (name, builder: (...settings: never[]) => unknown) => {
  expect(() => builder()).toThrow(expect.objectContaining({ name: 'InvalidJobError', field: 'settings' }));
  expect(() => builder()).toThrow(name);
});

describe('settings of builders', () => {
  const anything = (value: unknown) => value as never;
  const module = { nodePath: '/srv/m.wasm' };

  test.each<[string, () => unknown, RegExp]>([
    ['imgae', () => docker(anything({ image: 'x', imgae: 'y' })), /not a setting of docker\. Did you mean image\?$/],
    ['imgae', () => docker(anything({ imgae: 'y' })), /Did you mean image\?$/],
    ['parametres', () => wasm(anything({ module, parametres: [] })), /of wasm\. Did you mean parameters\?$/],
    ['resources.CPU', () => docker({ image: 'x', resources: anything({ CPU: 1 }) }), /Did you mean cpu\?$/],
    ['timeouts.execution', () => docker({ image: 'x', timeouts: anything({ execution: 5 }) }), /executionSeconds/],
    ['targt', () => inputs.url(anything({ url: 'http://h/x', targt: '/x' })), /inputs\.url\. Did you mean target\?$/],
    ['buket', () => publishers.s3(anything({ buket: 'x', key: 'y' })), /publishers\.s3\. Did you mean bucket\?$/],
  ])('%s: an unknown name is refused with a suggestion', (field, build, message) => {
    expect(build).toThrow(expect.objectContaining({ name: 'InvalidJobError', field }));
    expect(build).toThrow(message);
  });

  test.each<[string, object, RegExp]>([
    ['parameters', { parameters: 'hi' }, /must be an array of strings, not a string\. Pass \['echo', 'hi'\]\.$/],
    ['parameters', { parameters: null }, /must be an array of strings, not null\./],
    ['parameters[1]', { parameters: ['sleep', 5] }, /must be a string, not a number\.$/],
    ['name', { name: 5 }, /must be a string, not a number\./],
    ['count', { count: '2' }, /must be a number, not a string\./],
    ['env', { env: null }, /must be an object of strings, not null\./],
    ['env.PORT', { env: { PORT: 80 } }, /must be a string, not a number\.$/],
    ['labels', { labels: ['a=b'] }, /must be an object of strings, not an array\./],
    ['inputs[0]', { inputs: [null] }, /must be a string or an object, not null\.$/],
    ['outputs', { outputs: '/out' }, /must be an object of strings, not a string\. Pass \{ outputs: "\/outputs" \}\.$/],
    ['publisher', { publisher: 5 }, /must be a string or an object, not a number\. Pass publishers\.local\(\)/],
    ['resources', { resources: null }, /must be an object, not null\./],
    ['resources.memory', { resources: { memory: true } }, /must be a number or a string, not a boolean\./],
    ['timeouts.queueSeconds', { timeouts: { queueSeconds: '60' } }, /must be a number, not a string\./],
    ['network', { network: 5 }, /must be a string or an object, not a number\./],
  ])('%s: a wrong type is refused by docker and by wasm', (field, settings, message) => {
    for (const build of [() => docker({ image: 'x', ...settings }), () => wasm({ module, ...settings })]) {
      expect(build).toThrow(expect.objectContaining({ name: 'InvalidJobError', field }));
      if (!field.startsWith('parameters')) expect(build).toThrow(message);
    }
    expect(() => docker({ image: 'x', ...settings })).toThrow(message);
  });

  test.each<[string, () => unknown]>([
    ['target', () => inputs.local(anything({ path: '/x' }))],
    ['readWrite', () => inputs.local(anything({ path: '/x', target: '/x', readWrite: 'yes' }))],
    ['settings', () => inputs.ipfs(anything(null))],
    ['key', () => publishers.s3(anything({ bucket: 'b' }))],
    ['settings', () => publishers.s3(anything(undefined))],
  ])('%s: inputs and publishers refuse what is missing or of the wrong type', (field, build) => {
    expect(build).toThrow(expect.objectContaining({ name: 'InvalidJobError', field }));
  });

  test('undefined settings are omitted, and a file may be empty', () => {
    expect(docker({ image: 'x', env: undefined, resources: { cpu: undefined } })).toEqual({
      Type: 'batch',
      Count: 1,
      Tasks: [{ Name: 'main', Engine: { Type: 'docker', Params: { Image: 'x' } }, Resources: {} }],
    });
    expect(inputs.inline({ content: '', target: '/x' }).Source.Params).toEqual({
      URL: 'data:application/octet-stream;base64,',
    });
  });
});
