import fs from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { DownloadError } from '../../src/errors/download-error.js';
import { parseListing } from '../../src/external/s3-listing.js';
import { StoreResponseError } from '../../src/external/s3-xml.js';
import { platform as browser } from '../../src/platform/browser/index.js';
import { platform as edgeLight } from '../../src/platform/edge-light/index.js';
import { openFolder } from '../../src/platform/node/download-folder.js';
import { gunzip } from '../../src/platform/node/gzip.js';
import { readArchive } from '../../src/results/archive.js';

import { type ArchiveEntry, tarOf } from '../support/archives.js';
import { contentsOf, freshDirectories } from '../support/results.js';

const RUNS = { numRuns: 150 };
const PATIENCE_MS = 5_000;
const directory = freshDirectories();

async function* inPieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let offset = 0; offset < bytes.length; offset += size) yield bytes.subarray(offset, offset + size);
}

const guard = { admit: () => undefined, throwIfAborted: () => undefined };

type Outcome = { readonly files: Readonly<Record<string, string>> } | { readonly error: unknown };

/** Unpacks into a fresh directory, as a download does; ends by itself or fails the test. */
async function unpack(bytes: Uint8Array, size = 1_000): Promise<{ outcome: Outcome; out: string; beside: string[] }> {
  const out = directory();
  const work = async (): Promise<Outcome> => {
    const folder = await openFolder(out, { overwrite: false, maxPaths: 1_000 });
    try {
      const files: Record<string, string> = {};
      for await (const entry of readArchive(inPieces(bytes, size), 'the test', guard)) {
        if (entry.kind === 'directory') await folder.addDirectory(entry.path);
        else if (entry.kind === 'file') await folder.addFile(entry.path, entry.content, entry.mode);
      }
      await folder.commit();
      for (const path of await contentsOf(out)) {
        const place = join(out, path);
        if ((await fs.lstat(place)).isFile()) files[path] = await fs.readFile(place, 'latin1');
      }
      return { files };
    } catch (error) {
      return { error };
    } finally {
      await folder.discard();
    }
  };
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<Outcome>((_, reject) => {
    timer = setTimeout(() => reject(new Error('It hangs.')), PATIENCE_MS);
  });
  const outcome = await Promise.race([work(), patience]);
  clearTimeout(timer);
  return { outcome, out, beside: (await contentsOf(join(out, '..'))).filter((path) => !/^out($|\/)/.test(path)) };
}

const part = fc.constantFrom('a', 'b', '.', '..', '', 'C:', '\\', '..\\', '/', '\0', ' ', 'ü', '*', '~', '%2e%2e', '-');
const name = fc.oneof(
  fc.array(part, { minLength: 1, maxLength: 6 }).map((parts) => parts.join('/')),
  fc.string({ minLength: 1, maxLength: 120 }),
);
const type = fc.constantFrom('file', 'file', 'file', 'directory', 'symlink', 'link', 'fifo', 'character-device');
const entry: fc.Arbitrary<ArchiveEntry> = fc.record({
  name,
  type: type.map((value) => value as NonNullable<ArchiveEntry['type']>),
  linkname: fc.constantFrom('../x', '/etc/passwd', 'a'),
  content: fc.string({ maxLength: 20 }),
});

test('no name and no type of an entry leaves the directory', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(entry, { maxLength: 5 }), async (entries) => {
      const bodyless = entries.map((one) => (one.type === 'file' ? one : { ...one, content: '' }));
      const { outcome, out, beside } = await unpack(await tarOf(bodyless));
      expect(beside).toEqual([]);
      if ('error' in outcome) {
        expect(outcome.error).toBeInstanceOf(DownloadError);
        expect(await contentsOf(out)).toEqual([]);
      }
      for (const path of await contentsOf(out)) expect((await fs.lstat(join(out, path))).isSymbolicLink()).toBe(false);
    }),
    RUNS,
  );
});

const sample = (): Promise<Buffer> =>
  tarOf([
    { name: './', type: 'directory' },
    { name: './stdout', content: 'hello' },
    { name: './outputs/', type: 'directory' },
    { name: './outputs/a.txt', content: 'x'.repeat(700) },
    { name: `./outputs/${'long'.repeat(40)}.txt`, content: 'y'.repeat(1_300) },
  ]);

test('an archive is complete or an error, wherever it ends and however it is split', async () => {
  const tar = await sample();
  const gz = gzipSync(tar);
  const whole = await unpack(tar);
  expect(Object.keys('files' in whole.outcome ? whole.outcome.files : {})).toHaveLength(3);
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(tar, gz),
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.integer({ min: 1, max: 3_000 }),
      async (bytes, share, size) => {
        const end = Math.floor(bytes.length * share);
        const { outcome, out } = await unpack(bytes.subarray(0, end), size);
        if ('files' in outcome) {
          // The padding behind the end of a TAR is nobody's content.
          expect(outcome).toEqual(whole.outcome);
        } else {
          expect(outcome.error).toMatchObject({ name: 'DownloadError', reason: 'damaged' });
          expect(await contentsOf(out)).toEqual([]);
        }
      },
    ),
    RUNS,
  );
}, 60_000);

test('corrupt bytes in an archive are an error or content, and nothing else', async () => {
  const tar = await sample();
  const gz = gzipSync(tar);
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(tar, gz),
      fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { minLength: 1, maxLength: 20 }),
      async (bytes, changes) => {
        const garbled = Buffer.from(bytes);
        for (const [place, value] of changes) garbled[place % garbled.length] = value;
        const { outcome, out, beside } = await unpack(garbled);
        expect(beside).toEqual([]);
        if ('error' in outcome) {
          expect(outcome.error).toBeInstanceOf(DownloadError);
          expect(await contentsOf(out)).toEqual([]);
        }
      },
    ),
    RUNS,
  );
}, 60_000);

test('arbitrary bytes are reported as a damaged archive', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 4_000 }), fc.boolean(), async (bytes, isGzip) => {
      const { outcome } = await unpack(isGzip ? gzipSync(bytes) : bytes);
      expect('error' in outcome && outcome.error).toMatchObject({ name: 'DownloadError', reason: 'damaged' });
    }),
    { numRuns: 60 },
  );
});

test.each([
  ['Node', gunzip],
  ['a browser', browser.gunzip],
  ['an edge runtime', edgeLight.gunzip],
])('%s unpacks gzip, and notices where it ends early or was changed', async (_name, unzip) => {
  const bytes = Buffer.from('abc'.repeat(50_000));
  const packed = gzipSync(bytes);
  const chunks: Uint8Array[] = [];
  for await (const chunk of unzip(inPieces(packed, 100))) chunks.push(chunk);
  expect(Buffer.concat(chunks).equals(bytes)).toBe(true);
  const early = async (): Promise<void> => {
    for await (const chunk of unzip(inPieces(packed.subarray(0, -9), 100))) expect(chunk.length).toBeGreaterThan(0);
  };
  await expect(early()).rejects.toBeDefined();

  const changed = async (): Promise<void> => {
    const wrongSum = Buffer.from(packed);
    wrongSum.writeUInt32LE(0, packed.length - 8);
    for await (const chunk of unzip(inPieces(wrongSum, 100))) expect(chunk.length).toBeGreaterThan(0);
  };
  await expect(changed()).rejects.toBeDefined();
});

describe('a list of S3 objects', () => {
  test('is read with keys of any characters', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ minLength: 1, unit: 'grapheme' }), { maxLength: 5 }), fc.nat(), (keys, size) => {
        const contents = keys.map(
          (key) =>
            `<Contents><Key>${encodeURIComponent(key).replaceAll('%20', '+').replaceAll("'", '%27')}</Key><Size>${size}</Size></Contents>`,
        );
        const xml = `<?xml version="1.0"?><ListBucketResult xmlns="x"><EncodingType>url</EncodingType><IsTruncated>false</IsTruncated>${contents.join('')}</ListBucketResult>`;
        expect(parseListing(xml)).toEqual({ objects: keys.map((key) => ({ key, size })), nextToken: undefined });
      }),
    );
  });

  test('of any other text is an error or a list', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        for (const xml of [text, `<ListBucketResult>${text}</ListBucketResult>`]) {
          try {
            expect(parseListing(xml).objects).toBeInstanceOf(Array);
          } catch (error) {
            expect(error).toBeInstanceOf(StoreResponseError);
          }
        }
      }),
    );
  });

  test('continues with the token of a truncated page', () => {
    const xml =
      '<ListBucketResult><IsTruncated>true</IsTruncated><NextContinuationToken>a&amp;b&#x3d;</NextContinuationToken><Contents><Key>x &lt; y</Key><Size>3</Size></Contents></ListBucketResult>';
    expect(parseListing(xml)).toEqual({ objects: [{ key: 'x < y', size: 3 }], nextToken: 'a&b=' });
    expect(() => parseListing(xml.replace(/<Next.*Token>/, ''))).toThrow(StoreResponseError);
  });
});
