import fc from 'fast-check';
import { checkIdentifier, checkLabels, checkLimit, checkTime } from '../../src/arguments/checks.js';
import type { PutRequest } from '../../src/calls/put-job.js';
import { InvalidArgumentError, InvalidJobError } from '../../src/errors/client-errors.js';
import { checkHeaders } from '../../src/http/headers.js';
import { Jobs } from '../../src/jobs/jobs.js';
import { parseRelease } from '../../src/model/release.js';
import { redactHeaders } from '../../src/redaction/redact.js';
import { Secrets } from '../../src/redaction/secrets.js';
import { checkJob } from '../../src/spec/check-job.js';
import type { Description } from '../../src/spec/describe.js';
import { JOB } from '../../src/spec/job-description.js';
import { messageOf } from '../../src/util/index.js';

describe('identifiers', () => {
  test.each(['', ' ', '.', '..', 'a/b', '/', 'a\\b', 'a\nb', '\0', 'a\ud800'])('%j is refused', (id) => {
    expect(() => checkIdentifier(id, 'jobId')).toThrow(InvalidArgumentError);
    expect(() => checkIdentifier(id, 'jobId')).toThrow(/^jobId is/);
  });

  test('an identifier that passes stays one segment of its URL', () => {
    fc.assert(
      fc.property(fc.string(), (id) => {
        try {
          checkIdentifier(id, 'jobId');
        } catch {
          return;
        }
        const { pathname } = new URL(`http://h/jobs/${encodeURIComponent(id)}/results`);
        expect(pathname.split('/')).toHaveLength(4);
        expect(decodeURIComponent(pathname)).toBe(`/jobs/${id}/results`);
      }),
    );
  });
});

test.each([-1, 1.5, Number.NaN, 2 ** 32, Number.POSITIVE_INFINITY])('the limit %d is refused', (limit) => {
  expect(() => checkLimit(limit, 'limit')).toThrow(/^limit is .*whole number/);
});

test.each(['env=prod', { env: 'prod' }, [5]])('the labels %j are refused', (labels) => {
  // A program in plain JavaScript can pass anything.
  expect(() => checkLabels(labels as unknown as string[])).toThrow(/^labels must be an array/);
});

test.each(['2026-01-01', 5, new Date('x')])('the time %p is refused', (time) => {
  expect(() => checkTime(time as unknown as Date, 'since')).toThrow(/^since must be a valid Date/);
});

test.each([null, 'a: b', [['a', 'b']], new Headers({ a: 'b' }), new Map([['a', 'b']])])(
  'headers that are %p are refused, not left out',
  (headers) => {
    expect(() => checkHeaders(headers as unknown as Record<string, string>)).toThrow(/must be a plain object/);
  },
);

describe('jobs', () => {
  const task = { Name: 'main', Engine: { Type: 'docker', Params: { Image: 'ubuntu' } } };
  const good = { Type: 'batch', Count: 1, Tasks: [task] };
  const withTask = (changes: object) => ({ ...good, Tasks: [{ ...task, ...changes }] });
  const circular = () => {
    const job: Record<string, unknown> = { ...good };
    return Object.assign(job, { Meta: { job } });
  };

  test('a valid job passes', () => {
    checkJob(good);
    checkJob({ ...good, ID: 'j-1', State: { StateType: 'Running' }, Version: 3, Constraints: null });
  });

  test.each<[string, unknown]>([
    ['Job', undefined],
    ['Job', { ...good, Priority: 5n }],
    ['Job', circular()],
    ['Job', []],
    ['Job.Type', { ...good, Type: '' }],
    ['Job.Type', { ...good, Type: 'cron' }],
    ['Job.Count', { ...good, Count: -1 }],
    ['Job.Count', { ...good, Count: '1' }],
    ['Job.Count', { ...good, Type: 'ops', Count: 2 }],
    ['Job.Constraints[0].Operator', { ...good, Constraints: [{ Key: 'a', Operator: 'In', Values: ['b'] }] }],
    ['Job.Constraints[0].Values', { ...good, Constraints: [{ Key: 'a', Operator: 'exists', Values: ['b'] }] }],
    ['Job.Tasks', { ...good, Tasks: [] }],
    ['Job.Tasks', { ...good, Tasks: [task, task] }],
    ['Job.Tasks[0]', { ...good, Tasks: [null] }],
    ['Job.Tasks[0].Name', { ...good, Tasks: [{ Engine: task.Engine }] }],
    ['Job.Tasks[0].Engine', { ...good, Tasks: [{ Name: 'main' }] }],
    ['Job.Tasks[0].Engine.Type', withTask({ Engine: {} })],
    ['Job.Tasks[0].Engine.Params.Image', withTask({ Engine: { Type: 'docker' } })],
    [
      'Job.Tasks[0].Engine.Params.Parameters',
      withTask({ Engine: { Type: 'Docker', Params: { Image: 'a', Parameters: 'b' } } }),
    ],
    [
      'Job.Tasks[0].Engine.Params.WorkingDirectory',
      withTask({ Engine: { Type: 'docker', Params: { Image: 'a', WorkingDirectory: 'b' } } }),
    ],
    [
      'Job.Tasks[0].Engine.Params.EnvironmentVariables',
      withTask({ Engine: { Type: 'docker', Params: { Image: 'a', EnvironmentVariables: ['bacalhau_x=1'] } } }),
    ],
    ['Job.Tasks[0].Resources.CPU', withTask({ Resources: { CPU: 1 } })],
    ['Job.Tasks[0].Resources.CPU', withTask({ Resources: { CPU: 'half' } })],
    ['Job.Tasks[0].Resources.Memory', withTask({ Resources: { Memory: '1 GX' } })],
    ['Job.Tasks[0].Env.lower', withTask({ Env: { lower: 'x' } })],
    ['Job.Tasks[0].Env.BACALHAU_X', withTask({ Env: { BACALHAU_X: 'x' } })],
    ['Job.Tasks[0].Env.A', withTask({ Env: { A: '' } })],
    ['Job.Tasks[0].Env.A', withTask({ Env: { A: 5 } })],
    ['Job.Tasks[0].Network.Type', withTask({ Network: { Type: 'all' } })],
    ['Job.Tasks[0].Network.Domains', withTask({ Network: { Type: 'Full', Domains: ['example.org'] } })],
    ['Job.Tasks[0].Network.Domains[0]', withTask({ Network: { Type: 'http', Domains: ['-'] } })],
    ['Job.Tasks[0].Network.Ports', withTask({ Network: { Type: 'None', Ports: [{ Name: 'http' }] } })],
    [
      'Job.Tasks[0].Network.Ports[0].Static',
      withTask({ Network: { Type: 'Host', Ports: [{ Name: 'http', Static: 80 }] } }),
    ],
    [
      'Job.Tasks[0].Network.Ports[0].Target',
      withTask({ Network: { Type: 'Host', Ports: [{ Name: 'http', Target: 80 }] } }),
    ],
    ['Job.Tasks[0].Timeouts.QueueTimeout', withTask({ Timeouts: { QueueTimeout: -1 } })],
    ['Job.Tasks[0].Timeouts.ExecutionTimeout', withTask({ Timeouts: { ExecutionTimeout: '1m' } })],
    [
      'Job.Tasks[0].Timeouts.TotalTimeout',
      withTask({ Timeouts: { ExecutionTimeout: 5, QueueTimeout: 5, TotalTimeout: 9 } }),
    ],
    ['Job.Tasks[0].ResultPaths[0].Path', withTask({ ResultPaths: [{ Name: 'a', Path: 'out' }] })],
    [
      'Job.Tasks[0].ResultPaths[1].Name',
      withTask({
        ResultPaths: [
          { Name: 'a', Path: '/a' },
          { Name: 'a', Path: '/b' },
        ],
      }),
    ],
    ['Job.Tasks[0].Publisher.Params.Key', withTask({ Publisher: { Type: 's3', Params: { Bucket: 'b' } } })],
    ...[
      { at: 'Target', input: { Target: 'in', Source: { Type: 'ipfs', Params: { CID: 'Qm' } } } },
      { at: 'Source', input: { Target: '/in' } },
      { at: 'Source.Params.CID', input: { Target: '/in', Source: { Type: 'IPFS' } } },
      {
        at: 'Source.Params.URL',
        input: { Target: '/in', Source: { Type: 'urlDownload', Params: { URL: 'ftp://h/a' } } },
      },
      {
        at: 'Source.Params.SourcePath',
        input: { Target: '/in', Source: { Type: 'local', Params: { SourcePath: 'a' } } },
      },
      {
        at: 'Source.Params.SourcePath',
        input: { Target: '/in', Source: { Type: 'localDirectory', Params: { SourcePath: 'file:///a' } } },
      },
      {
        at: 'Source.Params.ReadWrite',
        input: { Target: '/in', Source: { Type: 'local', Params: { SourcePath: '/a', ReadWrite: 'yes' } } },
      },
      {
        at: 'Source.Params.Partition.Type',
        input: { Target: '/in', Source: { Type: 's3', Params: { Bucket: 'b', Partition: { Type: 'week' } } } },
      },
      {
        at: 'Source.Params.Partition.Pattern',
        input: { Target: '/in', Source: { Type: 's3', Params: { Bucket: 'b', Partition: { Type: 'regex' } } } },
      },
      {
        at: 'Source.Params.Partition.EndIndex',
        input: {
          Target: '/in',
          Source: { Type: 's3', Params: { Bucket: 'b', Partition: { Type: 'substring', StartIndex: 3, EndIndex: 2 } } },
        },
      },
    ].map(({ at, input }): [string, unknown] => [
      `Job.Tasks[0].InputSources[0].${at}`,
      withTask({ InputSources: [input] }),
    ]),
  ])('a problem with %s is named', (field, job) => {
    const attempt = () => checkJob(job);
    expect(attempt).toThrow(InvalidJobError);
    expect(attempt).toThrow(
      expect.objectContaining({ field, message: expect.stringMatching(/ (is|are|must|has|cannot) .*\.$/) }),
    );
  });

  test.each([
    ['The request', undefined],
    ['The request', 'job'],
    ['Job', {}],
    ['Job', { job: good }],
  ])('a request that lacks it is refused, naming %s', async (field, request) => {
    const jobs = new Jobs({ baseUrl: 'http://127.0.0.1:9', env: {} });
    // A program in plain JavaScript can pass anything.
    await expect(jobs.put(request as PutRequest)).rejects.toMatchObject({ name: 'InvalidJobError', field });
  });

  test('all problems are named, the first as the field', () => {
    const job = { ...good, Type: 'cron', Prioritty: 1, Tasks: [{ ...task, Publisher: { Type: 's3' } }] };
    expect(() => checkJob(job)).toThrow(
      expect.objectContaining({
        field: 'Job.Prioritty',
        message: expect.stringMatching(
          /^Job\.Prioritty is not .* Did you mean Priority\?\nJob\.Type is "cron".*\n(.*\.Bucket is missing.*)\n.*\.Key is missing/,
        ),
      }),
    );
  });

  test('old servers take variables in lower case', () => {
    const job = withTask({ Env: { lower: 'x' } });
    checkJob(job, { serverRelease: parseRelease('v1.6.0') });
    expect(() => checkJob(job, { serverRelease: parseRelease('v1.7.0') })).toThrow(/capital letters/);
  });
});

describe('the description of a job', () => {
  /** A way to a field, and a job in which it is. */
  interface Place {
    readonly path: string;
    readonly name: string;
    readonly siblings: readonly string[];
    readonly jobWith: (fields: object) => unknown;
  }

  function* placesIn(description: Description, path: string, jobWith: Place['jobWith']): Generator<Place> {
    switch (description.type) {
      case 'object': {
        const siblings = Object.keys(description.fields);
        for (const [name, field] of Object.entries(description.fields)) {
          yield { path, name, siblings, jobWith };
          yield* placesIn(field, `${path}.${name}`, (inner) => jobWith({ [name]: inner }));
        }
        return;
      }
      case 'list':
        yield* placesIn(description.items, `${path}[0]`, (inner) => jobWith([inner]));
        return;
      case 'textOrObject':
        yield* placesIn(description.object, path, jobWith);
        return;
      case 'spec':
        for (const name of ['Type', 'Params']) yield { path, name, siblings: ['Type', 'Params'], jobWith };
        for (const Type of description.types) {
          const fields = description.params[Type.toLowerCase()] ?? {};
          yield* placesIn({ type: 'object', fields }, `${path}.Params`, (Params) => jobWith({ Type, Params }));
        }
        return;
      default:
    }
  }

  const misspelt = (name: string): readonly string[] => [
    ...[...name].map((_, index) => name.slice(0, index) + name.slice(index + 1)),
    ...[...name].map((letter, index) => name.slice(0, index) + letter + name.slice(index)),
    ...[...name].map((_, index) => `${name.slice(0, index)}q${name.slice(index + 1)}`),
  ];
  const places = [...placesIn(JOB, 'Job', (fields) => fields)];

  test.each(places.map((place) => [`${place.path}.${place.name}`, place] as const))(
    '%s misspelt by a letter is refused with the right name',
    (_path, { path, name, siblings, jobWith }) => {
      const wrong = misspelt(name).filter((text) => text !== '' && !siblings.includes(text));
      for (const text of wrong) {
        expect(messageFor(jobWith({ [text]: 'x' }))).toMatch(
          new RegExp(`^${escaped(`${path}.${text}`)} is not .* Did you mean (.* or )?${name}( or .*)?\\?$`, 'm'),
        );
        expect(messageFor(jobWith({ [text]: 'x' }), { allowUnknownFields: true })).not.toContain(`.${text} is not`);
      }
    },
  );

  test('keys that authors choose, and params of unknown types, are left alone', () => {
    checkJob({
      ...{ Type: 'batch', Meta: { tipe: 'x' }, Labels: { nmae: 'x' } },
      Tasks: [
        {
          ...{ Name: 'main', Env: { NMAE: 'x' }, Meta: { anything: 'x' } },
          Engine: { Type: 'flibble', Params: { Imag: 1 } },
          Publisher: { Type: 'pigeon', Params: { Bukcet: true } },
          InputSources: [{ Source: { Type: 'carrier', Params: { CDI: null } }, Target: '/in' }],
        },
      ],
    });
  });

  const messageFor = (job: unknown, options = {}): string => {
    try {
      checkJob(job, options);
    } catch (error) {
      return messageOf(error);
    }
    return '';
  };
  const escaped = (text: string): string => text.replace(/[.[\]]/g, '\\$&');
});

describe('headers', () => {
  test.each(['Authorization', 'cookie', 'Set-Cookie', 'X-API-Key', 'X-Auth-Token', 'Proxy-Authorization', 'Signature'])(
    '%s is redacted',
    (name) => {
      expect(redactHeaders({ [name]: 'hunter2', Accept: 'application/json' }, new Secrets())).toEqual({
        [name]: '***',
        Accept: 'application/json',
      });
    },
  );

  test('a value that would break the request is refused without repeating it', () => {
    expect(() => checkHeaders({ Authorization: 'hunter2\r\nX: y' })).toThrow(/value of the header "Authorization"/);
    expect(() => checkHeaders({ Authorization: 'hunter2\r\nX: y' })).not.toThrow(/hunter2/);
    expect(() => checkHeaders({ 'no name': 'x' })).toThrow(/"no name" is not a valid header name/);
  });
});
