import { sha256 } from '@noble/hashes/sha2.js';
import type { InputSource } from 'bacalhau-apiclient';
import { platform } from '#platform';
import { quoteName } from '../model/index.js';
import type { Hasher, LocalFile } from '../platform/index.js';
import { LARGEST_JOB, type LocalContent, withLocalContent } from '../spec/index.js';
import { base64, concatBytes, hex } from '../util/index.js';
import { packFolder } from './pack-folder.js';
import { cannotBeSent, type FoundFiles, findFiles } from './read-files.js';
import type { FilesInput, LocalSource } from './types.js';

/** How many bytes a job can carry in base64. */
const MOST_SENT = Math.floor((LARGEST_JOB / 4) * 3);
/** How many times smaller gzip can make something at most (zlib's documentation). */
const BEST_COMPRESSION = 1_032;
/** The largest file that nodes unpack, in bytes (`MaximumContextSize` of 1.9.3). */
const LARGEST_UNPACKED = 10 * 1024 * 1024;

/**
 * Completes an input that is sent with its job: a file as it is, a folder as a tar.gz.
 *
 * @throws {InvalidJobError} if something cannot be read, changes while it is read, or is too large.
 */
export async function inlineFiles(
  input: InputSource,
  source: LocalSource,
  patterns: Pick<FilesInput, 'include' | 'exclude'>,
): Promise<InputSource> {
  const found = await findFiles(source, patterns);
  checkSizes(found);
  const { content, sent } = await pack(found);
  await found.checkUnchanged();
  const mediaType = found.kind === 'file' ? 'application/octet-stream' : 'application/gzip';
  const inline = { Type: 'inline', Params: { URL: `data:${mediaType};base64,${base64(sent)}` } };
  return { ...input, Source: withLocalContent(inline, content) };
}

/** Returns what is sent of a file or folder, and what it is made of. */
async function pack(found: FoundFiles): Promise<{ readonly content: LocalContent; readonly sent: Uint8Array }> {
  const { kind, files } = found;
  const hash: Hasher = platform.sha256() ?? sha256.create();
  const sent = kind === 'folder' ? platform.gzip(hashed(packFolder(files), hash)) : hashed(contentOf(files), hash);
  return { sent: await collect(sent, found), content: { kind, sha256: hex(hash.digest()) } };
}

async function* contentOf(files: readonly LocalFile[]): AsyncGenerator<Uint8Array, void, undefined> {
  for (const file of files) yield* file.read();
}

async function* hashed(
  chunks: AsyncIterable<Uint8Array>,
  hash: Pick<Hasher, 'update'>,
): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const chunk of chunks) {
    hash.update(chunk);
    yield chunk;
  }
}

async function collect(chunks: AsyncIterable<Uint8Array>, found: FoundFiles): Promise<Uint8Array> {
  const collected: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    size += chunk.length;
    if (size > MOST_SENT) throw tooLarge(found);
    collected.push(chunk);
  }
  return concatBytes(collected);
}

/** Checks what needs no reading. */
function checkSizes(found: FoundFiles): void {
  const { kind, files, size, name } = found;
  const smallest = kind === 'file' ? size : size / BEST_COMPRESSION;
  if (smallest > MOST_SENT) throw tooLarge(found);
  const large = files.find((file) => kind === 'folder' && file.size > LARGEST_UNPACKED);
  if (large === undefined) return;
  throw cannotBeSent(
    name,
    `its ${quoteName(large.path)} has ${large.size} bytes, and nodes unpack files of up to ${LARGEST_UNPACKED}. ${WAY_OUT}`,
  );
}

const tooLarge = ({ name, kind, files, size }: FoundFiles) =>
  cannotBeSent(
    name,
    kind === 'file'
      ? `it has ${size} bytes, and a job carries files of up to ${MOST_SENT}. ${WAY_OUT}`
      : `its files (${files.length}, ${size} bytes) have more than ${MOST_SENT} bytes when they are compressed, which is what a job can carry. ${WAY_OUT}`,
  );

const WAY_OUT =
  'Leave files out with include or exclude, or put the data where nodes can fetch it and pass inputs.s3, inputs.ipfs or inputs.url';
