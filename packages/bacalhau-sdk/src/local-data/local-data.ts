import type { InputSource } from 'bacalhau-apiclient';
import { platform } from '#platform';
import { InvalidJobError } from '../errors/index.js';
import { quoteName } from '../model/index.js';
import type { Hasher } from '../platform/index.js';
import { hasClient, type JobBuildContext, LARGEST_JOB, type LocalContent, withLocalContent } from '../spec/index.js';
import { type DataToUpload, type FilesVia, loadUploads, type UploadContext } from '../uploads/index.js';
import { base64, concatBytes, hex, raceAbort } from '../util/index.js';
import { contentOf, hashContent, newHasher } from './hash-content.js';
import { packFolder } from './pack-folder.js';
import { cannotBeSent, type FoundFiles, findFiles } from './read-files.js';
import type { FilesInput, LocalSource } from './types.js';

type Patterns = Pick<FilesInput, 'include' | 'exclude'>;

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
  patterns: Patterns,
  context: JobBuildContext,
): Promise<InputSource> {
  const read = () => readToInline(input, source, patterns);
  if (!hasClient(context)) return read();
  return context.transport.withDeadline('inputs.files', context, (signal) => raceAbort(read(), signal));
}

async function readToInline(input: InputSource, source: LocalSource, patterns: Patterns): Promise<InputSource> {
  const found = await findFiles(source, patterns);
  checkSizes(found);
  const { content, sent } = await pack(found);
  await found.checkUnchanged();
  const mediaType = found.kind === 'file' ? 'application/octet-stream' : 'application/gzip';
  const inline = { Type: 'inline', Params: { URL: `data:${mediaType};base64,${base64(sent)}` } };
  return { ...input, Source: withLocalContent(inline, content) };
}

/**
 * Completes an input whose data is brought to where nodes read it, before the job is sent.
 *
 * @throws {InvalidJobError} if something cannot be read, or changes while it is read.
 * @throws {UploadError}
 */
export async function uploadFiles(
  input: InputSource,
  source: LocalSource,
  { via, ...patterns }: Via,
  context: JobBuildContext,
): Promise<InputSource> {
  if (!hasClient(context)) {
    throw new InvalidJobError('via', 'needs a client, which uploads. Pass the job to jobs.submit, run, map or put.');
  }
  const { transport, timeoutMs, signal } = context;
  const deadline = transport.startDeadline('inputs.files', timeoutMs, signal);
  try {
    const read = readToUpload(input, source, { via, ...patterns }, { transport, deadline });
    // A disk, or what stands for one, may not answer.
    const data = await raceAbort(read, deadline.signal);
    const { kind, sha256 } = data;
    const { upload } = await loadUploads();
    const { source: uploaded, target, path, server } = await upload(data, via, { transport, deadline });
    return { ...input, Source: withLocalContent(uploaded, { kind, sha256, path, server }), Target: target };
  } catch (error) {
    throw transport.deadlineError('inputs.files', error, deadline);
  } finally {
    deadline.release();
  }
}

type Via = Patterns & { readonly via: FilesVia };

/** Reads what is to be uploaded once, if it can be uploaded. */
async function readToUpload(
  { Target: target }: InputSource,
  source: LocalSource,
  { via, ...patterns }: Via,
  context: UploadContext,
): Promise<DataToUpload> {
  const found = await findFiles(source, patterns);
  const { kind, name, size, checkUnchanged } = found;
  const unread = { kind, name, target };
  const { checkUpload } = await loadUploads();
  await checkUpload(unread, via, context);
  const { sha256, files } = await hashContent(found, { inParts: 's3' in via, signal: context.deadline.signal });
  await checkUnchanged();
  return { ...unread, size, sha256, files, checkUnchanged };
}

/** Returns what is sent of a file or folder, and what it is made of. */
async function pack(found: FoundFiles): Promise<{ readonly content: LocalContent; readonly sent: Uint8Array }> {
  const { kind, files } = found;
  const hash = newHasher();
  const sent = kind === 'folder' ? platform.gzip(hashed(packFolder(files), hash)) : hashed(contentOf(files), hash);
  return { sent: await collect(sent, found), content: { kind, sha256: hex(hash.digest()) } };
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
  'Leave files out with include or exclude, or set via to send it by S3, by IPFS or from this machine: { via: { s3: { bucket: "…" } } }';
