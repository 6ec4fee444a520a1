import type { SpecConfig } from 'bacalhau-apiclient';

/** Where in S3 a result goes. */
export interface S3Publisher {
  /** The name of the bucket. */
  readonly bucket: string;
  /** May hold `{jobID}`, `{executionID}`, `{nodeID}`, `{date}` and `{time}`. */
  readonly key: string;
  /** For example `eu-central-1`. Default: the nodes' own. */
  readonly region?: string | undefined;
  /** Of a server other than Amazon's. */
  readonly endpoint?: string | undefined;
  /** One archive, or every file by itself. Default: `gzip`. */
  readonly encoding?: 'gzip' | 'plain' | undefined;
}

/**
 * Where the result of a job can go.
 *
 * @example
 * ```ts
 * docker({ image: 'alpine', parameters: ['sh', '-c', 'date > /out/now'], outputs: { out: '/out' }, publisher: publishers.local() });
 * ```
 */
export const publishers = {
  /** The compute node keeps it and serves it by HTTP, to everybody who reaches the node. */
  local: (): SpecConfig => ({ Type: 'local' }),
  /** Into IPFS; the result is a CID. */
  ipfs: (): SpecConfig => ({ Type: 'ipfs' }),
  /** Into S3, with the nodes' credentials. */
  s3({ bucket, key, region, endpoint, encoding }: S3Publisher): SpecConfig {
    const params = { Bucket: bucket, Key: key, Region: region, Endpoint: endpoint, Encoding: encoding };
    return {
      Type: 's3',
      Params: Object.fromEntries(Object.entries(params).filter(([, value]) => value !== undefined)),
    };
  },
  /** Into the S3 bucket that the orchestrator manages. */
  s3Managed: (): SpecConfig => ({ Type: 's3managed' }),
} as const;
