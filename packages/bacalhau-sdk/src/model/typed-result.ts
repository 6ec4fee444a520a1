import type { SpecConfig } from 'bacalhau-apiclient';

/** What every result has, whatever published it. */
export interface ResultBase {
  /** The execution that published it. Absent if it cannot be determined: servers do not report it directly. */
  readonly executionId?: string | undefined;
}

/** A result of the `local` publisher: an archive that the compute node itself serves. */
export interface UrlResult extends ResultBase {
  /** Discriminates the types of results. */
  readonly type: 'url';
  /** Has no access control. Its host is the one that the compute node is configured with: often `127.0.0.1`. */
  readonly url: string;
}

/** An object or a prefix in S3 or in a compatible store. */
export interface S3Location {
  /** The name of the bucket. */
  readonly bucket: string;
  /** The key of an object; or, with `/` or `*` at the end, the prefix of several objects' keys. */
  readonly key: string;
  /** For example `eu-central-1`; absent if the publisher named none. */
  readonly region?: string | undefined;
  /** Absent for Amazon's own. */
  readonly endpoint?: string | undefined;
  /** Of an object in a bucket that keeps versions. */
  readonly versionId?: string | undefined;
  /** SHA-256 of the object in base64. */
  readonly checksumSha256?: string | undefined;
}

/** A result of the `s3` or `s3managed` publisher whose URL the orchestrator signed: an archive that the URL gives access to. */
export interface S3PreSignedResult extends ResultBase {
  /** Discriminates the types of results. */
  readonly type: 's3PreSigned';
  /** Expires 15 minutes (`s3`) or an hour (`s3managed`) after it was requested, unless configured otherwise. */
  readonly url: string;
  /** Whether it is the `s3managed` publisher's. */
  readonly managed: boolean;
  /** The object that the URL leads to; absent for the `s3managed` publisher. */
  readonly source?: S3Location | undefined;
}

/** A result of the `s3` publisher whose URL is not signed: reading it takes credentials. */
export interface S3Result extends ResultBase, S3Location {
  /** Discriminates the types of results. */
  readonly type: 's3';
}

/** A result of the `ipfs` publisher. */
export interface IpfsResult extends ResultBase {
  /** Discriminates the types of results. */
  readonly type: 'ipfs';
  /** The content id of a folder with the result. */
  readonly cid: string;
}

/** A result of a type that this version of the SDK does not support. It cannot be downloaded. */
export interface UnknownResult extends ResultBase {
  /** Discriminates the types of results. */
  readonly type: 'unknown';
  /** As the server sent it. */
  readonly spec: SpecConfig;
}

/** Where the result of one execution is. `type` discriminates the types; a newer SDK may have more of them. */
export type TypedResult = UrlResult | S3PreSignedResult | S3Result | IpfsResult | UnknownResult;
