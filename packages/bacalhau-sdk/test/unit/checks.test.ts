import type { PutJobRequest } from 'bacalhau-apiclient';
import fc from 'fast-check';
import { checkIdentifier, checkLabels, checkLimit, checkTime } from '../../src/arguments/checks.js';
import { InvalidArgumentError, InvalidJobError } from '../../src/errors/client-errors.js';
import { checkHeaders } from '../../src/http/headers.js';
import { redactHeaders } from '../../src/redaction/redact.js';
import { Secrets } from '../../src/redaction/secrets.js';
import { checkPutJobRequest } from '../../src/spec/check-job.js';

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
  const circular = () => {
    const job: Record<string, unknown> = { Type: 'batch', Tasks: [{ Name: 'main', Engine: { Type: 'docker' } }] };
    return Object.assign(job, { Meta: { job } });
  };
  const good = { Job: { Type: 'batch', Count: 1, Tasks: [{ Name: 'main', Engine: { Type: 'docker' } }] } };

  test('a valid request passes', () => {
    checkPutJobRequest(good);
  });

  test.each<[string, unknown]>([
    ['The request', undefined],
    ['The request', 'job'],
    ['Job', { Job: { ...good.Job, Priority: 5n } }],
    ['Job', { Job: circular() }],
    ['Job', {}],
    ['Job', { Job: [] }],
    ['Job', { job: good.Job }],
    ['Job.Type', { Job: { ...good.Job, Type: '' } }],
    ['Job.Count', { Job: { ...good.Job, Count: -1 } }],
    ['Job.Count', { Job: { ...good.Job, Count: '1' } }],
    ['Job.Tasks', { Job: { ...good.Job, Tasks: [] } }],
    ['Job.Tasks', { Job: { ...good.Job, Tasks: [...good.Job.Tasks, ...good.Job.Tasks] } }],
    ['Job.Tasks[0]', { Job: { ...good.Job, Tasks: [null] } }],
    ['Job.Tasks[0].Name', { Job: { ...good.Job, Tasks: [{ Engine: { Type: 'docker' } }] } }],
    ['Job.Tasks[0].Engine', { Job: { ...good.Job, Tasks: [{ Name: 'main' }] } }],
    ['Job.Tasks[0].Engine.Type', { Job: { ...good.Job, Tasks: [{ Name: 'main', Engine: {} }] } }],
    ['Job.Tasks[0].Resources.CPU', { Job: { ...good.Job, Tasks: [{ ...good.Job.Tasks[0], Resources: { CPU: 1 } }] } }],
  ])('a problem with %s is named', (field, request) => {
    // A program in plain JavaScript can pass anything.
    const attempt = () => checkPutJobRequest(request as PutJobRequest);
    expect(attempt).toThrow(InvalidJobError);
    expect(attempt).toThrow(
      expect.objectContaining({ field, message: expect.stringMatching(/ (is|must|has|cannot) .*\.$/) }),
    );
  });
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
