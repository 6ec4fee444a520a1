import { DownloadError } from '../../errors/index.js';
import { isFileName, quoteName, type S3Location } from '../../model/index.js';
import type { EnvironmentVariables } from '../../platform/index.js';
import type { ExternalRequest } from '../external-request.js';
import type { LimitCounter } from '../limit-counter.js';
import { type RemoteFile, receive } from '../remote-file.js';
import type { TransferContext } from '../transfer-context.js';
import type { S3Credentials, S3Options } from '../types.js';
import { parseListing } from './s3-listing.js';
import { type ArchiveSource, checkUrl, type FilesSource, type ResultSource } from './source.js';

/** The most objects that S3 lists in a page. */
const PAGE_SIZE = 1_000;
/** Pages may be empty where much was deleted, but not without end. */
const MAX_EMPTY_PAGES = 100;

/** Returns the source of objects in S3, or in a compatible store, that are read with credentials. */
export async function s3Source(
  name: string,
  location: S3Location,
  options: S3Options,
  env: EnvironmentVariables,
  context: TransferContext,
): Promise<ResultSource> {
  const signer = await makeSigner(name, location, options, env);
  const { key } = location;
  if (/[/*]$/.test(key)) return prefixSource(name, key.replace(/\*$/, ''), signer, context);
  const file: RemoteFile = {
    name,
    renewable: false,
    retries500: true,
    checksumSha256: wholeChecksum(location.checksumSha256),
    request: () => signer(key, location.versionId === undefined ? {} : { versionId: location.versionId }),
  };
  const isArchive = /\.(tar\.gz|tgz|tar)$/.test(key);
  return isArchive ? archive(file, key) : single(file, key, signer, context);
}

/** Returns the checksum of the content. That of a multipart upload is one of checksums: it ends in `-` and their number. */
export const wholeChecksum = (checksum: string | undefined): string | undefined =>
  checksum?.includes('-') ? undefined : checksum;

const archive = (file: RemoteFile, key: string): ArchiveSource => ({
  kind: 'archive',
  extension: key.endsWith('.tar') ? '.tar' : '.tar.gz',
  file,
});

function single(file: RemoteFile, key: string, signer: Signer, context: TransferContext): FilesSource {
  return {
    kind: 'files',
    async *list(limits) {
      for await (const object of objects(file.name, key, signer, context, limits)) {
        if (object.key !== key) continue;
        yield { name: key.slice(key.lastIndexOf('/') + 1), file: { ...file, size: object.size } };
        return;
      }
      throw new DownloadError(`Cannot fetch ${file.name}: the object ${key} no longer exists.`, { reason: 'gone' });
    },
  };
}

function prefixSource(name: string, prefix: string, signer: Signer, context: TransferContext): FilesSource {
  const folder = prefix.slice(0, prefix.lastIndexOf('/') + 1);
  return {
    kind: 'files',
    async *list(limits) {
      let found = false;
      for await (const { key, size } of objects(name, prefix, signer, context, limits)) {
        found = true;
        if (key.endsWith('/')) continue; // a marker that some programs create for a folder
        const relative = key.slice(folder.length);
        yield {
          name: relative,
          file: {
            name: `${relative} of ${name}`,
            size,
            renewable: false,
            retries500: true,
            request: () => signer(key, {}),
          },
        };
      }
      if (!found) {
        throw new DownloadError(`Cannot fetch ${name}: no objects under ${prefix} exist any more.`, { reason: 'gone' });
      }
    },
  };
}

/** Lists all objects under a prefix (ListObjectsV2), page by page. */
async function* objects(name: string, prefix: string, signer: Signer, context: TransferContext, limits: LimitCounter) {
  const fixed = { 'list-type': '2', 'encoding-type': 'url', 'max-keys': String(PAGE_SIZE), prefix };
  let token: string | undefined;
  let emptyPages = 0;
  do {
    const query = token === undefined ? fixed : { ...fixed, 'continuation-token': token };
    const listing = await receive(
      {
        name: `the list of ${name}`,
        renewable: false,
        retries500: true,
        request: () => signer(undefined, query),
      },
      // Progress counts files only.
      { ...context, onBytes: () => undefined },
    );
    const page = parseListing(await textOf(listing.chunks, name, limits.listingBytes));
    for (const object of page.objects) {
      limits.admit(object.key, 0);
      if (!object.key.startsWith(prefix)) {
        throw new DownloadError(
          `Cannot fetch ${name}: the S3 endpoint listed ${quoteName(object.key)}, which was not asked for.`,
          { reason: 'http' },
        );
      }
      yield object;
    }
    emptyPages = page.objects.length === 0 ? emptyPages + 1 : 0;
    if (page.nextToken !== undefined && (page.nextToken === token || emptyPages > MAX_EMPTY_PAGES)) {
      throw new DownloadError(`Cannot fetch ${name}: the S3 endpoint listed empty or repeated pages without end.`, {
        reason: 'http',
      });
    }
    token = page.nextToken;
  } while (token !== undefined);
}

async function textOf(chunks: AsyncIterable<Uint8Array>, name: string, longest: number): Promise<string> {
  const decoder = new TextDecoder();
  const parts: string[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    length += chunk.length;
    if (length > longest) {
      throw new DownloadError(
        `Cannot fetch ${name}: the S3 endpoint sent a list with more than ${longest} bytes. Raise limits.listingBytes if that is expected.`,
        { reason: 'too-large' },
      );
    }
    parts.push(decoder.decode(chunk, { stream: true }));
  }
  return parts.join('') + decoder.decode();
}

/** Creates a signed request for an object, or for the bucket. */
type Signer = (key: string | undefined, query: Readonly<Record<string, string>>) => Promise<ExternalRequest>;

async function makeSigner(
  name: string,
  location: S3Location,
  options: S3Options,
  env: EnvironmentVariables,
): Promise<Signer> {
  const credentials = options.credentials ?? credentialsOf(env);
  if (credentials === undefined) {
    throw new DownloadError(
      `Cannot fetch ${name}: it is in the S3 bucket ${location.bucket}, and there are no credentials for it. Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or the option s3.credentials; use 'anonymous' for a public bucket.`,
      { reason: 'not-configured' },
    );
  }
  const region = options.region ?? location.region ?? env['AWS_REGION'] ?? env['AWS_DEFAULT_REGION'] ?? 'us-east-1';
  for (const [what, value] of [
    ['bucket', location.bucket],
    ['region', region],
  ] as const) {
    // They become parts of a host's name or a path.
    if (isFileName(value)) continue;
    throw new DownloadError(
      `Cannot fetch ${name}: the ${what} ${quoteName(value)} has characters that S3 does not allow.`,
      {
        reason: 'unsupported',
      },
    );
  }
  const base = bucketUrl(location, options, region, name);
  const urlOf = (key: string | undefined, query: Readonly<Record<string, string>>): string => {
    const parts = key === undefined ? [] : key.split('/');
    // URLs have no way to write such a part: it would lead to another bucket.
    if (parts.some((part) => part === '.' || part === '..')) {
      throw new DownloadError(`Cannot fetch ${name}: the key ${quoteName(key ?? '')} cannot be part of a URL.`, {
        reason: 'unsafe-entry',
        entry: key,
      });
    }
    const path = parts.map(encode).join('/');
    const search = Object.entries(query).map(([field, value]) => `${encode(field)}=${encode(value)}`);
    return `${base}/${path}${search.length === 0 ? '' : `?${search.join('&')}`}`;
  };
  if (credentials === 'anonymous')
    return async (key, query) => ({ method: 'GET', url: urlOf(key, query), headers: {} });

  return async (key, query) => {
    const { accessKeyId, secretAccessKey, sessionToken } = credentials;
    // It needs a TextEncoder as soon as it is loaded, which other results do without.
    const { AwsV4Signer } = await import('aws4fetch');
    const signer = new AwsV4Signer({
      url: urlOf(key, query),
      service: 's3',
      region,
      accessKeyId,
      secretAccessKey,
      ...(sessionToken !== undefined && { sessionToken }),
    });
    const { url, headers } = await signer.sign();
    return { method: 'GET', url: url.href, headers: Object.fromEntries(headers.entries()) };
  };
}

function credentialsOf(env: EnvironmentVariables): S3Credentials | undefined {
  const accessKeyId = env['AWS_ACCESS_KEY_ID'];
  const secretAccessKey = env['AWS_SECRET_ACCESS_KEY'];
  const sessionToken = env['AWS_SESSION_TOKEN'];
  if (!accessKeyId || !secretAccessKey) return undefined;
  return { accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) };
}

/** Puts the bucket into the path of an endpoint, which every store supports; Amazon requires it in the host. */
function bucketUrl(location: S3Location, options: S3Options, region: string, name: string): string {
  const endpoint = options.endpoint ?? location.endpoint;
  const bucket = encode(location.bucket);
  if (endpoint !== undefined) {
    const url = checkUrl(endpoint.includes('://') ? endpoint : `https://${endpoint}`, name);
    return `${url.replace(/\/+$/, '')}/${bucket}`;
  }
  const host = `s3.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`;
  // The certificate covers one label in front of the host.
  return location.bucket.includes('.') ? `https://${host}/${bucket}` : `https://${bucket}.${host}`;
}

/** Percent-encodes as signatures require: everything but RFC 3986's unreserved characters. */
const encode = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
