import { DownloadError } from '../../errors/index.js';
import {
  type ExternalRequest,
  type Listing,
  listingQuery,
  openBucket,
  parseListing,
  StoreResponseError,
} from '../../external/index.js';
import { quoteName, type S3Location } from '../../model/index.js';
import type { EnvironmentVariables } from '../../platform/index.js';
import type { LimitCounter } from '../limit-counter.js';
import { type RemoteFile, receive } from '../remote-file.js';
import type { TransferContext } from '../transfer-context.js';
import type { S3Options } from '../types.js';
import type { ArchiveSource, FilesSource, ResultSource } from './source.js';

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
  const signer = makeSigner(name, location, options, env);
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
  let token: string | undefined;
  let emptyPages = 0;
  do {
    const listing = await receive(
      {
        name: `the list of ${name}`,
        renewable: false,
        retries500: true,
        request: () => signer(undefined, listingQuery(prefix, token)),
      },
      // Progress counts files only.
      { ...context, onBytes: () => undefined },
    );
    const page = parsePage(await textOf(listing.chunks, name, limits.listingBytes));
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

function parsePage(xml: string): Listing {
  try {
    return parseListing(xml);
  } catch (error) {
    throw error instanceof StoreResponseError ? new DownloadError(error.message, { reason: 'http' }) : error;
  }
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

function makeSigner(name: string, location: S3Location, options: S3Options, env: EnvironmentVariables): Signer {
  const { bucket } = location;
  const { credentials, endpoint = location.endpoint, region = location.region } = options;
  const signed = openBucket(
    { bucket, credentials, endpoint, region },
    env,
    ({ reason, text, key }) => new DownloadError(`Cannot fetch ${name}: ${text}.`, { reason, entry: key }),
  );
  return (key, query) => signed.request({ key, query });
}
