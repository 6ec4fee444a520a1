import { inputs } from '../../src/builders/inputs.js';
import { InvalidJobError } from '../../src/errors/client-errors.js';
import type { TypedResult } from '../../src/model/index.js';
import type { ResultInput, ResultToRead } from '../../src/result-inputs/index.js';
import { fingerprintOf } from '../../src/spec/fingerprint.js';

const NAME = 'e-11111111-2222-3333-4444-555555555555.tar.gz';
const url: TypedResult = { type: 'url', url: `http://127.0.0.1:6001/${NAME}` };
const location = { bucket: 'b', region: 'eu-west-1', endpoint: 'http://s3:9000' };
const s3Params = { Bucket: 'b', Region: 'eu-west-1', Endpoint: 'http://s3:9000' };
const presigned = (key: string): TypedResult => ({
  type: 's3PreSigned',
  url: 'http://s3:9000/b/k?X-Amz-Signature=secret',
  managed: false,
  source: { ...location, key },
});

test.each<[string, TypedResult, ResultInput['as'], object]>([
  ['ipfs', { type: 'ipfs', cid: 'bafy' }, undefined, { Type: 'ipfs', Params: { CID: 'bafy' } }],
  [
    's3 as files',
    { type: 's3', ...location, key: 'r/j/' },
    'files',
    { Type: 's3', Params: { ...s3Params, Key: 'r/j/' } },
  ],
  [
    's3 as an archive',
    { type: 's3', ...location, key: 'r/j.tar.gz', versionId: 'v', checksumSha256: 'c' },
    'archive',
    { Type: 's3', Params: { ...s3Params, Key: 'r/j.tar.gz', VersionID: 'v', ChecksumSHA256: 'c' } },
  ],
  [
    's3, presigned: the object itself, without the signature',
    presigned('r/j.tar.gz'),
    'archive',
    { Type: 's3', Params: { ...s3Params, Key: 'r/j.tar.gz' } },
  ],
  ['local', url, 'archive', { Type: 'urlDownload', Params: { URL: `http://127.0.0.1:6001/${NAME}` } }],
])('inputs.result: %s is read by nodes from where it was published', (_name, result, as, source) => {
  expect(inputs.result(result, { target: '/in', as })).toEqual({ Source: source, Target: '/in' });
});

test('inputs.result: the host of a local result is replaced by the one that nodes reach', () => {
  const hosts = { '127.0.0.1:6001': 'node-1.example.org:7000' };
  expect(inputs.result(url, { target: '/in', alias: 'first', as: 'archive', hosts })).toEqual({
    Source: { Type: 'urlDownload', Params: { URL: `http://node-1.example.org:7000/${NAME}` } },
    Target: '/in',
    Alias: 'first',
  });
});

test('inputs.result: the result of a run stands for the only one that it has', () => {
  const cid = { type: 'ipfs', cid: 'bafy' } as const;
  expect(inputs.result({ typedResults: [cid] }, { target: '/in' })).toEqual(inputs.result(cid, { target: '/in' }));
  const many = () => inputs.result({ typedResults: [cid, cid] }, { target: '/in' });
  expect(many).toThrow(/^result has 2 results, one for each execution\. Pass one of its typedResults/);
  expect(() => inputs.result({ typedResults: [] }, { target: '/in' })).toThrow(/published nothing\. Set its publisher/);
});

test.each<[string, TypedResult, ResultInput, string]>([
  [
    'a local result as files',
    url,
    { target: '/in' },
    `as must be "archive": the result is packed, nodes do not unpack it, and the job finds /in/${NAME}.`,
  ],
  ['an archive in S3 as files', presigned('r/j.tar.gz'), { target: '/in/' }, 'the job finds /in/j.tar.gz.'],
  [
    'files as an archive',
    { type: 'ipfs', cid: 'b' },
    { target: '/in', as: 'archive' },
    'as is "archive", but the result is stored as files, which the job finds in /in.',
  ],
  [
    'a result of s3managed',
    { type: 's3PreSigned', url: 'https://s3/k', managed: true },
    { target: '/in', as: 'archive' },
    'result is in the bucket that the orchestrator manages, which nodes cannot read',
  ],
  [
    'an unknown publisher',
    { type: 'unknown', spec: { Type: 'pigeon' } },
    { target: '/in' },
    'result is of type "pigeon", which this version does not know',
  ],
  [
    'a URL that is none',
    { type: 'url', url: '' },
    { target: '/in', as: 'archive' },
    'result has the URL "", which is not one',
  ],
])('inputs.result: %s is refused with the reason', (_name, result, settings, message) => {
  const make = () => inputs.result<TypedResult>(result, settings);
  expect(make).toThrow(InvalidJobError);
  expect(make).toThrow(message);
});

test.each<[string, unknown, unknown, string]>([
  ['a list', [{ type: 'ipfs', cid: 'b' }], { target: '/in' }, 'result must be a result, not an array'],
  [
    'what the server lists',
    { Type: 'ipfs', Params: { CID: 'b' } },
    { target: '/in' },
    'result has neither a type nor typedResults',
  ],
  ['no target', url, { as: 'archive' }, 'target is missing'],
  ['another form', url, { target: '/in', as: 'tar' }, 'as must be "files" or "archive"'],
  [
    'a misspelt setting',
    url,
    { target: '/in', host: {} },
    'host is not a setting of inputs.result. Did you mean hosts',
  ],
  ['a host that is none', url, { target: '/in', as: 'archive', hosts: { a: 'b:c:d' } }, 'hosts.a must be a host'],
])('inputs.result: in plain JavaScript, %s is refused', (_name, result, settings, message) => {
  const make = () => inputs.result(result as ResultToRead, settings as ResultInput);
  expect(make).toThrow(InvalidJobError);
  expect(make).toThrow(message);
});

test('a job that reads a result has the same fingerprint however its URL was signed', async () => {
  const job = (result: TypedResult) => ({
    Type: 'batch',
    Tasks: [
      {
        Name: 'main',
        Engine: { Type: 'docker', Params: { Image: 'x' } },
        InputSources: [inputs.result<TypedResult>(result, { target: '/in', as: 'archive' })],
      },
    ],
  });
  const again = { ...presigned('k'), url: 'http://s3:9000/b/k?X-Amz-Signature=other' };
  expect(await fingerprintOf(job(again))).toBe(await fingerprintOf(job(presigned('k'))));
});
