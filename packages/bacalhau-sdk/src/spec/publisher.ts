import { type FieldsOf, oneOf, required, spec, text } from './describe.js';
import type { KnownSpec, OtherSpec, SpecWithoutParams } from './open-spec.js';

/**
 * Where results go: `local`, the disk of the node, which serves them over HTTP; `ipfs`; `s3`, with the nodes' credentials;
 * `s3managed`, the bucket that the orchestrator manages; or a publisher that this package does not know.
 */
export type PublisherSpec =
  | SpecWithoutParams<'local' | 'ipfs' | 's3managed'>
  | KnownSpec<'s3', S3PublisherParams>
  | OtherSpec<'local' | 'ipfs' | 's3' | 's3managed', S3PublisherParams>;

/** The params of a publisher `s3`. */
export type S3PublisherParams = {
  /** The bucket's name. */
  Bucket: string;
  /** Where in the bucket; `{jobID}`, `{executionID}`, `{nodeID}`, `{date}` and `{time}` are filled in. */
  Key: string;
  /** The URL of a store other than Amazon's. */
  Endpoint?: string;
  /** For example `eu-central-1`. Default: the nodes' own. */
  Region?: string;
  /** `gzip`: one archive, the default. `plain`: an object for each file. */
  Encoding?: 'gzip' | 'plain';
};

const S3: FieldsOf<S3PublisherParams> = {
  Bucket: required(text('the name of a bucket')),
  Key: required(text('a key, such as "results/{jobID}"')),
  Endpoint: text('the URL of a store'),
  Region: text('a region, such as "eu-central-1"'),
  Encoding: oneOf('gzip', 'plain'),
};

// An empty type is that of a task without a publisher, as servers write it.
export const PUBLISHER = spec({ local: {}, ipfs: {}, s3: S3, s3managed: {} }, { allowsBlank: true });
