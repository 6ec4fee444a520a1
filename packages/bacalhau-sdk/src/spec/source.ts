import { type FieldsOf, flag, integer, object, oneOf, oneOfAnyCase, required, spec, text } from './describe.js';
import type { KnownSpec, OtherSpec } from './open-spec.js';

/**
 * Where an input comes from: `local`, the disk of a node (`localDirectory` before 1.8); `urlDownload`, a file that the nodes
 * download; `inline`, the job itself; `ipfs`; `s3`; or a source that this package does not know.
 */
export type SourceSpec =
  | KnownSpec<'local' | 'localDirectory', LocalSourceParams>
  | KnownSpec<'urlDownload' | 'inline', UrlSourceParams>
  | KnownSpec<'ipfs', IpfsSourceParams>
  | KnownSpec<'s3', S3SourceParams>
  | OtherSpec<
      'local' | 'localDirectory' | 'urlDownload' | 'inline' | 'ipfs' | 's3',
      LocalSourceParams | UrlSourceParams | IpfsSourceParams | S3SourceParams
    >;

/** The params of a source `local`. */
export type LocalSourceParams = {
  /** An absolute path on the nodes, which they must allow. */
  SourcePath: string;
  /** Whether the job may write to it. Default: false. */
  ReadWrite?: boolean;
  /** What to make if there is nothing. Default: `noCreate`. */
  CreateAs?: 'dir' | 'file' | 'noCreate';
};

/** The params of a source `urlDownload` or `inline`. */
export type UrlSourceParams = {
  /**
   * `urlDownload`: an `http:` or `https:` URL. `inline`: a `data:` URL; with the media type `application/gzip` it is a tar.gz,
   * which is unpacked.
   */
  URL: string;
};

/** The params of a source `ipfs`. */
export type IpfsSourceParams = {
  /** The content id. */
  CID: string;
};

/** The params of a source `s3`. */
export type S3SourceParams = {
  /** The bucket's name. */
  Bucket: string;
  /** An object, a folder ending in `/`, or a prefix ending in `*`. */
  Key?: string;
  /** A regular expression that the rest of a key, after the prefix, must match. */
  Filter?: string;
  /** For example `eu-central-1`. Default: the nodes' own. */
  Region?: string;
  /** The URL of a store other than Amazon's. */
  Endpoint?: string;
  /** The version of an object, in a bucket with versioning. */
  VersionID?: string;
  /** SHA-256 of the object in base64. */
  ChecksumSHA256?: string;
  /** How objects are distributed among the executions of a job with a count above 1. Servers from 1.7 on. */
  Partition?: S3Partition;
};

/** How objects are distributed among executions: by what part of their key. */
export type S3Partition =
  | {
      /** `none`: every execution gets all objects. `object`: by the whole key. */
      Type: 'none' | 'object';
    }
  | {
      /** By what a regular expression matches. */
      Type: 'regex';
      /** The regular expression. If it has groups, only what these match counts. */
      Pattern: string;
    }
  | {
      /** By a part of the key, after the prefix. */
      Type: 'substring';
      /** Where it begins, from 0. */
      StartIndex: number;
      /** Where it ends, exclusive. */
      EndIndex: number;
    }
  | {
      /** By the date with which the key begins, after the prefix. */
      Type: 'date';
      /** Its format, as Go has them: `2006-01-02`. */
      DateFormat: string;
    };

/** The fields of all kinds of partitions. */
interface AnyPartition {
  Type: string;
  Pattern?: string;
  StartIndex?: number;
  EndIndex?: number;
  DateFormat?: string;
}

const LOCAL: FieldsOf<LocalSourceParams> = {
  SourcePath: required(text('an absolute path on the nodes')),
  ReadWrite: flag,
  CreateAs: oneOfAnyCase('dir', 'file', 'noCreate'),
};

const S3: FieldsOf<S3SourceParams> = {
  Bucket: required(text('the name of a bucket')),
  Key: text('the key of an object, a folder ending in "/", or a prefix ending in "*"'),
  Filter: text('a regular expression'),
  Region: text('a region, such as "eu-central-1"'),
  Endpoint: text('the URL of a store'),
  VersionID: text(),
  ChecksumSHA256: text('a hash in base64'),
  Partition: object<AnyPartition>({
    Type: required(oneOf('none', 'object', 'regex', 'substring', 'date')),
    Pattern: text('a regular expression'),
    StartIndex: integer(0),
    EndIndex: integer(1),
    DateFormat: text('a format of Go, such as "2006-01-02"'),
  }),
};

const URL_DOWNLOAD: FieldsOf<UrlSourceParams> = { URL: required(text('an http: or https: URL')) };
const INLINE: FieldsOf<UrlSourceParams> = { URL: required(text('a data: URL')) };
const IPFS: FieldsOf<IpfsSourceParams> = { CID: required(text('a content id')) };

export const SOURCE = spec({
  local: LOCAL,
  localDirectory: LOCAL,
  urlDownload: URL_DOWNLOAD,
  inline: INLINE,
  ipfs: IPFS,
  s3: S3,
});
