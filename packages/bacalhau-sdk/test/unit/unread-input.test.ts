import type { InputSource, Job } from 'bacalhau-apiclient';
import { inputs } from '../../src/builders/inputs.js';
import { unreadInput } from '../../src/failures/index.js';

const S3_REFUSED =
  'calculating resource usage of job: failed to fetch s3 input: operation error S3: HeadObject, https response error StatusCode: 403';
const words = inputs.s3({ bucket: 'data', key: 'words.csv', target: '/words' });
const page = inputs.url({ url: 'https://example.org/a.html?signature=x', target: '/page' });
const CID = 'bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi';
const added = inputs.ipfs({ cid: CID, target: '/added' });

const jobWith = (...sources: readonly InputSource[]): Job => ({
  Type: 'batch',
  Tasks: [{ Name: 'main', Engine: { Type: 'docker' }, InputSources: [...sources] }],
});
const explained = (message: string, ...sources: readonly InputSource[]) =>
  unreadInput(jobWith(...sources), 'n-1', message);

test('the input that a node could not read is the one that its message is about', () => {
  const all = [words, page, added];
  expect(explained(S3_REFUSED, ...all)).toBe(
    'Node n-1 could not read the input "/words" (s3://data/words.csv). It reads from its own network and with its own credentials, not with those of this program. They need s3:ListBucket and s3:GetObject.',
  );
  expect(explained('Head "https://example.org/a.html?signature=x": connection refused', ...all)).toMatch(
    /the input "\/page" \(https:\/\/example\.org\/a\.html\)\. .* of this program\.$/,
  );
  expect(explained(`was unable to retrieve content "${CID}" before timeout`, ...all)).toContain(
    `the input "/added" (ipfs://${CID})`,
  );
});

test('of several that it can be about a few are named', () => {
  const many = ['a', 'b', 'c', 'd'].map((key) => inputs.s3({ bucket: 'data', key, target: `/${key}` }));
  expect(explained(S3_REFUSED, ...many)).toContain(
    'one of the inputs "/a" (s3://data/a), "/b" (s3://data/b), "/c" (s3://data/c), …. It reads',
  );
});

test.each([
  ['another failure', 'image not found'],
  ['a result that could not be published', 'failed to publish s3 result: operation error S3: PutObject'],
  ['no reason', ''],
])('%s is not explained by an input', (_, message) => {
  expect(explained(message, words, page, added)).toBeUndefined();
});

test('what a server sends instead of an input is no failure of its own', () => {
  const odd: InputSource[] = JSON.parse(
    '[{"Source": {"Type": "s3", "Params": null}, "Target": "/\\u001b[2J"}, {"Source": {"Type": "urlDownload", "Params": {"URL": ""}}, "Target": ""}]',
  );
  expect(explained(S3_REFUSED, ...odd)).toContain('the input "/\\u001b[2J" (s3:///).');
  expect(explained(S3_REFUSED)).toBeUndefined();
});
