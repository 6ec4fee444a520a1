import { Bacalhau } from '../../src/client/bacalhau.js';
import { InvalidArgumentError } from '../../src/errors/client-errors.js';
import { collect } from '../support/network.js';

const client = new Bacalhau({ baseUrl: 'http://127.0.0.1:9', env: {} });
afterAll(() => client.close());

/** A value as plain JavaScript could pass it. */
const untyped = (json: string) => JSON.parse(json);

test.each([
  ['null', 'options'],
  ['[]', 'options'],
  ['{"limit":{}}', 'limit'],
  ['{"limits":null}', 'limits'],
  ['{"limits":{"totalBytes":"1"}}', 'limits.totalBytes'],
  ['{"limits":{"totlBytes":1}}', 'totlBytes'],
  ['{"s3":"eu"}', 's3'],
  ['{"s3":{"region":1}}', 's3.region'],
  ['{"s3":{"credentials":{"accessKeyId":"a"}}}', 's3.credentials.secretAccessKey'],
  ['{"ipfs":{"gateway":{}}}', 'ipfs.gateway'],
  ['{"ipfs":{"headers":{"a":1}}}', 'ipfs.headers["a"]'],
  ['{"hosts":["a"]}', 'hosts'],
  ['{"hosts":{"a":"b c"}}', 'hosts'],
  ['{"maxRetries":-1}', 'maxRetries'],
  ['{"stallTimeoutMs":"1"}', 'stallTimeoutMs'],
  ['{"include":"*.csv"}', 'include'],
  ['{"include":[1]}', 'include[0]'],
  ['{"include":["a","!b"]}', 'include[1]'],
  ['{"include":["./a"]}', 'include[0]'],
])('options of files and downloads are checked before anything is sent: %s', async (json, argument) => {
  const job = client.jobs.handle('j-1');
  await expect(collect(job.files(untyped(json)))).rejects.toMatchObject({ argument });
  await expect(collect(job.files(untyped(json)))).rejects.toBeInstanceOf(InvalidArgumentError);
  await expect(job.download('results', untyped(json))).rejects.toMatchObject({ argument });
});

test.each([
  ['{"layout":"flat"}', 'layout'],
  ['{"extract":"no"}', 'extract'],
  ['{"extract":false,"include":["a"]}', 'include'],
  ['{"onProgress":1}', 'onProgress'],
])('options of downloads are checked before anything is sent: %s', async (json, argument) => {
  await expect(client.jobs.handle('j-1').download('results', untyped(json))).rejects.toMatchObject({ argument });
});

test.each([
  ['""', '{}', 'path'],
  ['"/out/a"', '{}', 'path'],
  ['"../a"', '{}', 'path'],
  ['null', '{}', 'path'],
  ['"a"', 'null', 'options'],
  ['"a"', '{"include":["a"]}', 'include'],
  ['"a"', '{"timeoutMs":1,"maxRetries":-1}', 'maxRetries'],
])('the arguments of one file are checked before anything is sent: %s, %s', async (path, options, argument) => {
  const file = client.jobs.handle('j-1').file(untyped(path), untyped(options));
  await expect(file).rejects.toMatchObject({ argument });
});

test.each([
  ['null', 'options'],
  ['{"folow":true}', 'folow'],
  ['{"follow":"yes"}', 'follow'],
  ['{"executionId":1}', 'executionId'],
  ['{"results":null}', 'results'],
  ['{"results":{"s3":{"region":1}}}', 'results.s3.region'],
])('options of logs are checked before anything is sent: %s', async (json, argument) => {
  await expect(collect(client.jobs.handle('j-1').logs(untyped(json)))).rejects.toMatchObject({ argument });
});
