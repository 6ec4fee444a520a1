import { InvalidJobError } from '../errors/index.js';
import type { S3Credentials } from '../external/index.js';
import type { FilesVia, IpfsUpload, S3Upload, ServeOptions, UploadSettings } from '../uploads/index.js';
import { fieldsOf, number, requiredText, type SettingRules, text, textByName } from './check-settings.js';

const UPLOAD: SettingRules<UploadSettings> = {
  onProgress: { expected: 'a function', matches: (value) => typeof value === 'function' },
  stallTimeoutMs: number('a number of milliseconds'),
  maxRetries: number('how often a request is repeated'),
};
const CREDENTIALS: SettingRules<S3Credentials> = {
  accessKeyId: requiredText('what AWS calls AWS_ACCESS_KEY_ID'),
  secretAccessKey: requiredText('what AWS calls AWS_SECRET_ACCESS_KEY'),
  sessionToken: text('the token of temporary credentials'),
};
const credentialsOrAnonymous = fieldsOf('{ accessKeyId: "…", secretAccessKey: "…" }', CREDENTIALS);
const S3: SettingRules<S3Upload> = {
  ...UPLOAD,
  bucket: requiredText('the name of the bucket'),
  prefix: text('what all keys begin with, such as "inputs/"'),
  region: text('a region, such as "eu-central-1"'),
  endpoint: text('the URL of the store'),
  credentials: {
    ...credentialsOrAnonymous,
    expected: 'an object or "anonymous"',
    matches: (value) => value === 'anonymous' || credentialsOrAnonymous.matches(value),
  },
};
const IPFS: SettingRules<IpfsUpload> = {
  ...UPLOAD,
  api: requiredText('the URL of the node, such as "http://127.0.0.1:5001"'),
  headers: textByName('{ authorization: "Bearer …" }'),
  folder: text('a path in the file system of the node, such as "/inputs"'),
};
const SERVE: SettingRules<ServeOptions> = {
  host: requiredText('the name or address of this machine by which the nodes reach it'),
  port: {
    expected: 'an integer from 0 to 65535',
    matches: (value) => typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 65_535,
  },
  bindAddress: text('an address of this machine, such as "0.0.0.0"'),
};

type Ways = { readonly [Way in 's3' | 'ipfs' | 'serve']?: object };
const WAYS: SettingRules<Ways> = {
  s3: fieldsOf('{ bucket: "data" }', S3),
  ipfs: fieldsOf('{ api: "http://127.0.0.1:5001" }', IPFS),
  serve: fieldsOf('{ host: "192.168.1.20" }', SERVE),
};
const EXAMPLE = '{ s3: { bucket: "data" } }';

/** The rule for how files get to the nodes. */
export const VIA = fieldsOf(EXAMPLE, WAYS);

/** @throws {InvalidJobError} if not exactly one way is named. */
export function checkOneWay(via: FilesVia | undefined): void {
  const count = Object.values(via ?? {}).filter((way) => way !== undefined).length;
  if (via === undefined || count === 1) return;
  throw new InvalidJobError('via', `must have one of s3, ipfs and serve. Pass for example ${EXAMPLE}.`);
}
