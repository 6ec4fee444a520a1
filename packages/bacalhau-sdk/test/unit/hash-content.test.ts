import { createHash } from 'node:crypto';
import { hashContent } from '../../src/local-data/hash-content.js';
import { toLocalSource } from '../../src/local-data/index.js';
import { findFiles } from '../../src/local-data/read-files.js';
import { platform } from '../../src/platform/node/index.js';

const MIB = 1024 * 1024;
const { signal } = new AbortController();

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** How many bytes are hashed, the parts of each file by path, and the hash of all. */
async function hashed(files: File | readonly File[], inParts: boolean) {
  let bytes = 0;
  const native = platform.sha256;
  const spy = jest.spyOn(platform, 'sha256').mockImplementation(() => {
    const hasher = native();
    if (hasher === undefined) throw new Error('Node has a hash.');
    return {
      ...hasher,
      update: (chunk) => {
        bytes += chunk.length;
        hasher.update(chunk);
      },
    };
  });
  const content = await hashContent(await findFiles(toLocalSource(files), {}), { inParts, signal });
  spy.mockRestore();
  const parts = Object.fromEntries(
    content.files.map(({ path, parts: of }) => [
      path,
      of.map(({ start, end, sha256: hash }) => [start, end, Buffer.from(hash).toString('hex')]),
    ]),
  );
  return { bytes, parts, sha256: content.sha256 };
}

test('a file of one part is hashed once, whichever way it is sent', async () => {
  const content = Buffer.alloc(MIB, 'a');
  const file = new File([content], 'x');
  const whole = sha256(content);
  expect(await hashed(file, false)).toEqual({ bytes: MIB, parts: { x: [] }, sha256: whole });
  expect(await hashed(file, true)).toEqual({ bytes: MIB, parts: { x: [[0, MIB, whole]] }, sha256: whole });
});

test('a file of several parts is hashed twice only for S3, which is sent the parts', async () => {
  const [size, part] = [17 * MIB, 16 * MIB];
  const content = Buffer.alloc(size, 'a');
  const file = new File([content], 'x');
  const parts = [
    [0, part, sha256(content.subarray(0, part))],
    [part, size, sha256(content.subarray(part))],
  ];
  expect(await hashed(file, false)).toEqual({ bytes: size, parts: { x: [] }, sha256: sha256(content) });
  expect(await hashed(file, true)).toEqual({ bytes: 2 * size, parts: { x: parts }, sha256: sha256(content) });
});

test('the files of a folder have hashes of their own only for S3; empty ones and a single one, too', async () => {
  const files = [new File(['aa'], 'a'), new File([], 'b')];
  const whole = await hashed(files, false);
  expect(whole.parts).toEqual({ a: [], b: [] });
  const inParts = await hashed(files, true);
  expect(inParts).toEqual({
    bytes: whole.bytes + 2,
    parts: { a: [[0, 2, sha256(Buffer.from('aa'))]], b: [[0, 0, sha256(Buffer.alloc(0))]] },
    sha256: whole.sha256,
  });
  expect((await hashed([new File(['aa'], 'a')], true)).parts).toEqual({ a: [[0, 2, sha256(Buffer.from('aa'))]] });
});
