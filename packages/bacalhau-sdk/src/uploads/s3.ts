import { InvalidJobError, UploadError } from '../errors/index.js';
import {
  type Bucket,
  decodeKey,
  listingQuery,
  openBucket,
  parseListing,
  parseXml,
  parseXmlList,
  StoreResponseError,
} from '../external/index.js';
import type { Transport } from '../http/index.js';
import { quoteName } from '../model/index.js';
import { base64, defined, hex, utf8 } from '../util/index.js';
import type { DataToUpload, FoundData, HashedFile, HashedPart, UploadContext, UploadedData } from './data.js';
import { oneAtATime } from './one-at-a-time.js';
import { inParallel } from './pool.js';
import { Progress } from './progress.js';
import { counted, Store, type StoreResponse } from './store.js';
import { splitTarget } from './target.js';
import type { S3Upload } from './types.js';

const DEFAULT_PREFIX = 'bacalhau-inputs/';
const CONCURRENCY = 4;
/** The longest key, in bytes of UTF-8. */
const LONGEST_KEY = 1_024;
const BINARY = { 'content-type': 'application/octet-stream' };

/**
 * Puts files into a bucket, under a key that has the hash of their content: what is there already is not sent again. A file
 * becomes an object, a folder the objects under a prefix.
 */
export async function uploadToS3(
  data: DataToUpload,
  settings: S3Upload,
  context: UploadContext,
): Promise<UploadedData> {
  const { bucket: name, endpoint, credentials, onProgress } = settings;
  const { transport, deadline } = context;
  const place = placeOf(data, settings);
  const bucket = bucketOf(data, settings, transport);
  const progress = new Progress(onProgress, data.size);
  const store = new Store({
    ...{ transport, deadline, progress, retries500: true },
    ...{ maxRetries: settings.maxRetries, stallTimeoutMs: settings.stallTimeoutMs },
    name: `${quoteName(data.name)} to the bucket ${quoteName(name)}`,
    adviceIfRefused: `It refuses the credentials of this client, which need s3:ListBucket and s3:PutObject for ${quoteName(place.prefix)}; those of the nodes are others.`,
  });
  store.secrets.add(transport.env['AWS_SECRET_ACCESS_KEY'], transport.env['AWS_SESSION_TOKEN']);
  if (typeof credentials === 'object') {
    store.secrets.add(credentials.accessKeyId, credentials.secretAccessKey, credentials.sessionToken);
  }
  try {
    await oneAtATime(`${endpoint} ${name} ${place.prefix}`, deadline.signal, () =>
      new S3Transfer(store, bucket, progress).upload(data, place),
    );
    progress.end();
  } catch (error) {
    const parsed = error instanceof StoreResponseError ? store.unexpected(error.message) : error;
    throw store.redacted(parsed);
  }
  const params = { Bucket: name, Key: place.key, Region: bucket.region, Endpoint: endpoint };
  return { source: { Type: 's3', Params: defined(params) }, target: place.target, path: place.path };
}

/** @throws {UploadError} or {InvalidJobError} */
export function checkS3(data: FoundData, settings: S3Upload, transport: Transport): void {
  if (data.kind === 'file') folderOf(data.target);
  bucketOf(data, settings, transport);
}

const bucketOf = ({ name }: FoundData, settings: S3Upload, { env }: Transport): Bucket => {
  const { bucket, region, endpoint, credentials } = settings;
  return openBucket({ bucket, region, endpoint, credentials }, env, ({ reason, text }) => {
    const problem = text.replace('option s3.credentials', 'setting via.s3.credentials');
    return new UploadError(`Cannot upload ${quoteName(name)}: ${problem}.`, {
      reason: reason === 'unsafe-entry' ? 'unsupported' : reason,
    });
  });
};

/** Splits the target of a file: nodes mount the folder that they download an object to. */
function folderOf(target: string): ReturnType<typeof splitTarget> {
  const { parent, fileName } = splitTarget(target);
  if (parent !== '') return { parent, fileName };
  throw new InvalidJobError(
    'target',
    `is ${quoteName(target)}, but a file that comes by S3 needs a folder, which has nothing else then. Pass for example ${JSON.stringify(`/in/${fileName}`)}.`,
  );
}

/** Where files are in a bucket, and where a job finds them. */
interface Place {
  /** What all of their keys begin with. */
  readonly prefix: string;
  /** That of the input: of an object, or of all under the prefix. */
  readonly key: string;
  readonly target: string;
  readonly path: string | undefined;
  keyOf(file: HashedFile): string;
}

function placeOf({ kind, name, sha256, target, files }: DataToUpload, { prefix = DEFAULT_PREFIX }: S3Upload): Place {
  const folder = `${prefix.replace(/^\/+|\/+$/g, '')}/${sha256}/`.replace(/^\/+/, '');
  if (kind === 'folder') {
    const keyOf = ({ path }: HashedFile): string => folder + path;
    const long = files.find((file) => utf8(keyOf(file)).length > LONGEST_KEY);
    if (long !== undefined) {
      const problem = `cannot be sent: the key of its ${quoteName(long.path)} has more than ${LONGEST_KEY} bytes`;
      throw new InvalidJobError('path', `${quoteName(name)} ${problem}. Shorten the path, or the prefix of via.s3.`);
    }
    return { prefix: folder, key: `${folder}*`, target, path: undefined, keyOf };
  }
  const { parent, fileName } = folderOf(target);
  const key = folder + fileName;
  return { prefix: key, key, target: parent, path: target, keyOf: () => key };
}

/** The upload of one file or folder. */
class S3Transfer {
  readonly #store: Store;
  readonly #bucket: Bucket;
  readonly #progress: Progress;

  constructor(store: Store, bucket: Bucket, progress: Progress) {
    this.#store = store;
    this.#bucket = bucket;
    this.#progress = progress;
  }

  async upload({ files }: DataToUpload, { prefix, keyOf }: Place): Promise<void> {
    const present = await this.#sizes(prefix, new Set(files.map(keyOf)));
    const missing = files.filter((file) => {
      const isPresent = present.get(keyOf(file)) === file.size;
      if (isPresent) this.#progress.present(file.size);
      return !isPresent;
    });
    const [large, small] = [missing.filter(hasParts), missing.filter((file) => !hasParts(file))];
    await inParallel(small, CONCURRENCY, (file) => this.#put(file, keyOf(file)));
    for (const file of large) await this.#putInParts(file, keyOf(file));
  }

  /** Finds the sizes of the objects that are there already. What is not found is sent again. */
  async #sizes(prefix: string, keys: ReadonlySet<string>): Promise<ReadonlyMap<string, number>> {
    const sizes = new Map<string, number>();
    let token: string | undefined;
    do {
      const query = listingQuery(prefix, token);
      const { text } = await this.#store.send(() => this.#bucket.request({ query }));
      const { objects, nextToken } = parseListing(text);
      const before = sizes.size;
      for (const { key, size } of objects) if (keys.has(key)) sizes.set(key, size);
      // There is nothing else under the hash, unless the pages have no end.
      token = sizes.size > before && sizes.size < keys.size ? nextToken : undefined;
    } while (token !== undefined);
    return sizes;
  }

  async #put(file: HashedFile, key: string): Promise<void> {
    const [part] = file.parts;
    if (part !== undefined) await this.#send(file, part, { key, headers: BINARY });
  }

  /** Sends a part of a file. The store compares it with the hash: it refuses a file that has changed meanwhile. */
  #send(
    file: HashedFile,
    { start, end, sha256 }: HashedPart,
    request: Pick<Parameters<Bucket['request']>[0], 'key' | 'query' | 'headers'>,
  ): Promise<StoreResponse> {
    const checksums = { 'x-amz-content-sha256': hex(sha256), 'x-amz-checksum-sha256': base64(sha256) };
    const headers = { ...request.headers, ...checksums };
    return this.#store.send(() => this.#bucket.request({ ...request, method: 'PUT', headers }), {
      content: {
        size: end - start,
        read: (count) => counted(file.read({ start, end }, { reusesMemory: true }), count),
      },
    });
  }

  async #putInParts(file: HashedFile, key: string): Promise<void> {
    const { uploadId, parts: sent } = (await this.#begun(file, key)) ?? (await this.#begin(key));
    const tags = new Map(sent);
    const missing = [...file.parts.entries()].filter(([index, { start, end }]) => {
      if (tags.has(index)) this.#progress.present(end - start);
      return !tags.has(index);
    });
    await inParallel(missing, CONCURRENCY, async ([index, part]) => {
      const query = { partNumber: String(index + 1), uploadId };
      const { headers } = await this.#send(file, part, { key, query });
      const etag = headers['etag'];
      if (etag === undefined) throw new StoreResponseError('The S3 endpoint received a part without an ETag.');
      tags.set(index, etag);
    });
    const list = file.parts.map(
      ({ sha256 }, index) =>
        `<Part><PartNumber>${index + 1}</PartNumber><ETag>${tags.get(index)}</ETag><ChecksumSHA256>${base64(sha256)}</ChecksumSHA256></Part>`,
    );
    const body = `<CompleteMultipartUpload>${list.join('')}</CompleteMultipartUpload>`;
    const { status, text } = await this.#store.send(
      async () => ({ ...(await this.#bucket.request({ method: 'POST', key, query: { uploadId } })), body }),
      { accepts: [404] },
    );
    // 404: another program, or an attempt whose answer was lost, has completed it. A failure after the 200 began is in the body.
    if (status !== 404 && !text.includes('<Error>')) return;
    if ((await this.#sizes(key, new Set([key]))).get(key) === file.size) return;
    throw new StoreResponseError(`The S3 endpoint did not put the parts of ${key} together.`);
  }

  async #begin(key: string): Promise<BegunUpload> {
    const headers = { ...BINARY, 'x-amz-checksum-algorithm': 'SHA256' };
    const { text } = await this.#store.send(() =>
      this.#bucket.request({ method: 'POST', key, query: { uploads: '' }, headers }),
    );
    for (const { path, text: uploadId } of parseXml(text, 'InitiateMultipartUploadResult')) {
      if (path === 'UploadId' && uploadId !== '') return { uploadId, parts: [] };
    }
    throw new StoreResponseError('The S3 endpoint began an upload without an id.');
  }

  /** Finds an upload of the file that an earlier submission has not ended; stores may not list them. */
  async #begun(file: HashedFile, key: string): Promise<BegunUpload | undefined> {
    const query = { uploads: '', prefix: key, 'encoding-type': 'url' };
    const { status, text } = await this.#store.send(() => this.#bucket.request({ query }), {
      accepts: [403, 404, 501],
    });
    if (status !== 200) return undefined;
    const { fields, items } = parseXmlList(text, 'ListMultipartUploadsResult', 'Upload');
    const upload = items.find((item) => decodeKey(item.get('Key') ?? '', fields) === key);
    const uploadId = upload?.get('UploadId');
    if (uploadId === undefined || uploadId === '') return undefined;
    const parts: [number, string][] = [];
    for (let marker: string | undefined = '0'; marker !== undefined; ) {
      const listed: Readonly<Record<string, string>> = { uploadId, 'part-number-marker': marker };
      const page: StoreResponse = await this.#store.send(() => this.#bucket.request({ key, query: listed }), {
        accepts: [403, 404, 501],
      });
      if (page.status !== 200) return undefined;
      const list = parseXmlList(page.text, 'ListPartsResult', 'Part');
      for (const part of list.items) {
        const index = Number(part.get('PartNumber')) - 1;
        if (isPart(file.parts[index], part)) parts.push([index, part.get('ETag') ?? '']);
      }
      const next = list.fields.get('IsTruncated') === 'true' ? list.fields.get('NextPartNumberMarker') : undefined;
      const isFurther: boolean = Number(next) > Number(marker) && Number(next) < file.parts.length;
      marker = isFurther && Number.isInteger(Number(next)) ? next : undefined;
    }
    return { uploadId, parts };
  }
}

interface BegunUpload {
  readonly uploadId: string;
  /** By index, the tags of the parts that the store has. */
  readonly parts: readonly (readonly [number, string])[];
}

/** Whether a part that the store has is this one. */
function isPart(part: HashedPart | undefined, stored: ReadonlyMap<string, string>): boolean {
  if (part === undefined || Number(stored.get('Size')) !== part.end - part.start || !stored.get('ETag')) return false;
  return stored.get('ChecksumSHA256') === base64(part.sha256);
}

const hasParts = ({ parts }: HashedFile): boolean => parts.length > 1;
