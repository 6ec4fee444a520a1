import type { S3Credentials } from '../../src/index.js';

const read = (name: string): string => process.env[`BACALHAU_TEST_S3_${name}`] ?? '';

/** A bucket of the S3 server that tests which require `s3` have. */
export const s3Bucket = { bucket: read('BUCKET'), endpoint: read('ENDPOINT') };

export const s3Credentials = { accessKeyId: read('ACCESS'), secretAccessKey: read('SECRET') };

/** The variables by which nodes and programs get such credentials; none, if there are none. */
export const awsVariables = (credentials: Pick<S3Credentials, 'accessKeyId' | 'secretAccessKey'> | undefined) => ({
  ...(credentials && {
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
  }),
  AWS_EC2_METADATA_DISABLED: 'true',
});
