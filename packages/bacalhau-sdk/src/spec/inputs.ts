import type { InputSource } from 'bacalhau-apiclient';
import { InvalidJobError } from '../errors/index.js';
import { base64, utf8 } from '../util/index.js';

/** A file that is sent along with the job. */
export interface InlineInput {
  /** The file's content, up to about 700 kB: it is sent along with the job. */
  readonly content: string | Uint8Array;
  /** With `application/gzip` the content must be a tar.gz and is unpacked at `target`. Default: plain bytes. */
  readonly mediaType?: string | undefined;
  /** Where the job sees it: an absolute path. */
  readonly target: string;
}

/** A file or folder that is on the nodes already. */
export interface LocalInput {
  /** A path on the nodes, which they must allow. */
  readonly path: string;
  /** Whether the job may change it. Default: false. */
  readonly readWrite?: boolean | undefined;
  /** Where the job sees it: an absolute path. */
  readonly target: string;
}

/** A file that the nodes download. */
export interface UrlInput {
  /** Its last part is the name of the file, which appears in the folder `target`. */
  readonly url: string;
  /** Where the job sees it: an absolute path. */
  readonly target: string;
}

/** Objects in S3, or in a store that speaks its protocol. */
export interface S3Input {
  /** The name of the bucket. */
  readonly bucket: string;
  /** An object, a folder ending in `/`, or a prefix ending in `*`. */
  readonly key?: string | undefined;
  /** For example `eu-central-1`. Default: the nodes' own. */
  readonly region?: string | undefined;
  /** Of a server other than Amazon's. */
  readonly endpoint?: string | undefined;
  /** A regular expression on what comes after the prefix. */
  readonly filter?: string | undefined;
  /** Of an object in a bucket that keeps versions. */
  readonly versionId?: string | undefined;
  /** SHA-256 of the object in base64; the node refuses another content. */
  readonly checksumSha256?: string | undefined;
  /** How objects are dealt out to the executions of a job with a count above 1, as Bacalhau's documentation has it. */
  readonly partition?: Readonly<Record<string, unknown>> | undefined;
  /** Where the job sees it: an absolute path. */
  readonly target: string;
}

/** A file or folder in IPFS. */
export interface IpfsInput {
  /** Its content id. */
  readonly cid: string;
  /** Where the job sees it: an absolute path. */
  readonly target: string;
}

/**
 * What a job can be given to read.
 *
 * @example
 * ```ts
 * docker({ image: 'alpine', parameters: ['cat', '/in.txt'], inputs: [inputs.inline({ content: 'hello', target: '/in.txt' })] });
 * ```
 */
export const inputs = {
  /** A file that is sent along with the job. */
  inline({ content, target, mediaType = 'application/octet-stream' }: InlineInput): InputSource {
    const bytes = typeof content === 'string' ? utf8(content) : content;
    // Of anything else, an ArrayBuffer too, an empty file would be made.
    if (!(bytes instanceof Uint8Array)) {
      throw new InvalidJobError('content', 'is neither text nor bytes. Give a string or a Uint8Array.');
    }
    return source('inline', { URL: `data:${mediaType};base64,${base64(bytes)}` }, target);
  },
  /** A file or folder on the nodes. */
  local({ path, target, readWrite }: LocalInput): InputSource {
    // The older name of the source, which servers before 1.8 know as well.
    return source('localDirectory', { SourcePath: path, ReadWrite: readWrite }, target);
  },
  /** A file that the nodes download. */
  url({ url, target }: UrlInput): InputSource {
    return source('urlDownload', { URL: url }, target);
  },
  /** Objects in S3, fetched with the nodes' credentials. */
  s3({ bucket, key, region, endpoint, filter, versionId, checksumSha256, partition, target }: S3Input): InputSource {
    const place = { Bucket: bucket, Key: key, Region: region, Endpoint: endpoint };
    const choice = { Filter: filter, VersionID: versionId, ChecksumSHA256: checksumSha256, Partition: partition };
    return source('s3', { ...place, ...choice }, target);
  },
  /** A file or folder in IPFS. */
  ipfs({ cid, target }: IpfsInput): InputSource {
    return source('ipfs', { CID: cid }, target);
  },
} as const;

function source(type: string, params: Readonly<Record<string, unknown>>, target: string): InputSource {
  const given = Object.entries(params).filter(([, value]) => value !== undefined);
  return { Source: { Type: type, Params: Object.fromEntries(given) }, Target: target };
}
