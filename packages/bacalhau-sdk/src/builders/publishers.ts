import type { SpecConfig } from 'bacalhau-apiclient';
import { defined } from '../util/index.js';
import { checkSettings, requiredText, type SettingRules, text } from './check-settings.js';

/** A place in S3 for the results of a job. */
export interface S3Publisher {
  /** The bucket's name. */
  readonly bucket: string;
  /** May contain `{jobID}`, `{executionID}`, `{nodeID}`, `{date}` and `{time}`. */
  readonly key: string;
  /** For example `eu-central-1`. Default: the nodes' own. */
  readonly region?: string | undefined;
  /** The URL of a store other than Amazon's. */
  readonly endpoint?: string | undefined;
  /** `gzip` for one archive, `plain` for each file as it is. Default: `gzip`. */
  readonly encoding?: 'gzip' | 'plain' | undefined;
}

const S3: SettingRules<S3Publisher> = {
  bucket: requiredText('the name of the bucket'),
  key: requiredText('a key, such as "results/{jobID}"'),
  region: text('a region, such as "eu-central-1"'),
  endpoint: text('the URL of the store'),
  encoding: text('"gzip" or "plain"'),
};

/**
 * Publishers: where the results of a job go.
 *
 * @example
 * ```ts
 * docker({ image: 'alpine', parameters: ['sh', '-c', 'date > /out/now'], outputs: { out: '/out' }, publisher: publishers.local() });
 * ```
 */
export const publishers = {
  /** Keeps results on the compute node, which serves them over HTTP to everybody who can reach the node. */
  local: (): SpecConfig => ({ Type: 'local' }),
  /** Publishes results to IPFS; a result is a CID. */
  ipfs: (): SpecConfig => ({ Type: 'ipfs' }),
  /**
   * Publishes results to S3, with the nodes' credentials.
   *
   * @throws {InvalidJobError} if a setting is missing, has the wrong type, or its name is not known.
   */
  s3(settings: S3Publisher): SpecConfig {
    checkSettings(settings, S3, { builder: 'publishers.s3', example: '{ bucket: "data", key: "results/{jobID}" }' });
    const { bucket, key, region, endpoint, encoding } = settings;
    const params = { Bucket: bucket, Key: key, Region: region, Endpoint: endpoint, Encoding: encoding };
    return { Type: 's3', Params: defined(params) };
  },
  /** Publishes results to the S3 bucket that the orchestrator manages. */
  s3Managed: (): SpecConfig => ({ Type: 's3managed' }),
} as const;
