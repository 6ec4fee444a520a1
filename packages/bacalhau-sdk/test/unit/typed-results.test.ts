import { typedResults } from '../../src/results/typed-results.js';

const execution = (ID: string, Type: string, Params: Record<string, unknown>) => ({
  ID,
  PublishedResult: { Type, Params },
});

const ID = 'e-11111111-2222-3333-4444-555555555555';

test('every publisher has its type, and unknown results stay as they are', () => {
  const params = { Bucket: 'b', Key: 'k/', Region: 'eu-west-1', Endpoint: '', VersionID: 'v', ChecksumSHA256: 'sum' };
  const unknown = { Type: 'carrierPigeon', Params: { Name: 'x' } };
  const broken = { Type: 'urlDownload', Params: {} };
  expect(
    typedResults([
      { Type: 'urlDownload', Params: { URL: 'http://n/x.tar.gz' } },
      { Type: 'S3', Params: params },
      { Type: 's3PreSigned', Params: { PreSignedURL: 'http://s/k?X', Managed: false, SourceSpec: params } },
      {
        Type: 's3PreSigned',
        Params: { PreSignedURL: 'http://s/m', Managed: true, SourceSpec: { Bucket: '', Key: '' } },
      },
      { Type: 'ipfs', Params: { CID: 'Qm' } },
      unknown,
      broken,
    ]),
  ).toEqual([
    { type: 'url', url: 'http://n/x.tar.gz' },
    { type: 's3', bucket: 'b', key: 'k/', region: 'eu-west-1', versionId: 'v', checksumSha256: 'sum' },
    {
      type: 's3PreSigned',
      url: 'http://s/k?X',
      managed: false,
      source: { bucket: 'b', key: 'k/', region: 'eu-west-1', versionId: 'v', checksumSha256: 'sum' },
    },
    { type: 's3PreSigned', url: 'http://s/m', managed: true },
    { type: 'ipfs', cid: 'Qm' },
    { type: 'unknown', spec: unknown },
    { type: 'unknown', spec: broken },
  ]);
});

test('a result belongs to the execution that published it', () => {
  const executions = [
    execution('e-1', 'ipfs', { CID: 'same' }),
    execution('e-2', 'ipfs', { CID: 'same' }),
    execution('e-3', 's3', { Bucket: 'b', Key: 'k' }),
    execution('e-4', 's3managed', { JobID: 'j', ExecutionID: 'e-4' }),
    execution('e-5', 'urlDownload', { URL: 'http://n/other' }),
  ];
  const ids = typedResults(
    [
      { Type: 'ipfs', Params: { CID: 'same' } },
      { Type: 'ipfs', Params: { CID: 'same' } },
      { Type: 's3PreSigned', Params: { PreSignedURL: 'http://s/b/k', SourceSpec: { Bucket: 'b', Key: 'k' } } },
      { Type: 's3PreSigned', Params: { PreSignedURL: 'http://s/j/e-4.tar.gz', Managed: true } },
      { Type: 'urlDownload', Params: { URL: 'http://n/other' } },
      { Type: 'ipfs', Params: { CID: 'nobody' } },
    ],
    executions,
  ).map(({ executionId }) => executionId);
  expect(ids).toEqual(['e-1', 'e-2', 'e-3', 'e-4', 'e-5', undefined]);
});

test('without executions, the id is taken from the name of the archive', () => {
  expect(
    typedResults([
      { Type: 'urlDownload', Params: { URL: `http://127.0.0.1:6001/${ID}.tar.gz` } },
      { Type: 's3PreSigned', Params: { PreSignedURL: `https://s/b/j/${ID}.tar.gz?X-Amz-Signature=1`, Managed: true } },
      { Type: 'urlDownload', Params: { URL: 'no url' } },
    ]).map(({ executionId }) => executionId),
  ).toEqual([ID, ID, undefined]);
});
