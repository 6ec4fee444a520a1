import { checkOptions, type OptionNames } from '../arguments/index.js';
import { InvalidArgumentError } from '../errors/index.js';
import type { S3Credentials } from '../external/index.js';
import { includeProblem } from '../patterns/index.js';
import type {
  DownloadOptions,
  IpfsOptions,
  ListResultsOptions,
  ResultAccess,
  ResultFileOptions,
  ResultLimits,
  S3Options,
  TransferOptions,
} from './types.js';

const LIST_OPTIONS: OptionNames<ListResultsOptions> = { signal: true, executionId: true };
const ACCESS_OPTIONS: OptionNames<ResultAccess> = { s3: true, ipfs: true, hosts: true };
const FILE_OPTIONS: OptionNames<ResultFileOptions> = {
  ...LIST_OPTIONS,
  ...ACCESS_OPTIONS,
  timeoutMs: true,
  stallTimeoutMs: true,
  maxRetries: true,
  limits: true,
};
const TRANSFER_OPTIONS: OptionNames<TransferOptions> = {
  ...FILE_OPTIONS,
  include: true,
  onUnsafeEntry: true,
  onSkipped: true,
};
const DOWNLOAD_OPTIONS: OptionNames<DownloadOptions> = {
  ...TRANSFER_OPTIONS,
  onProgress: true,
  extract: true,
  overwrite: true,
  layout: true,
};
const S3_OPTIONS: OptionNames<S3Options> = { credentials: true, endpoint: true, region: true };
const S3_CREDENTIALS: OptionNames<S3Credentials> = { accessKeyId: true, secretAccessKey: true, sessionToken: true };
const IPFS_OPTIONS: OptionNames<IpfsOptions> = { gateway: true, api: true, headers: true };
const LIMITS: OptionNames<ResultLimits> = { totalBytes: true, entries: true, listingBytes: true };

/** @throws {InvalidArgumentError} naming the option. */
export function checkListOptions(options: ListResultsOptions): void {
  checkOptions(options, LIST_OPTIONS);
  checkString(options.executionId, 'executionId');
}

/** @throws {InvalidArgumentError} naming the argument or option. */
export function checkFileArguments(path: string, options: ResultFileOptions): void {
  if (typeof path !== 'string') throw wrongType('path', 'a string', path);
  if (path.split('/').some((part) => part === '' || part === '.' || part === '..')) {
    throw new InvalidArgumentError(
      'path',
      `is ${JSON.stringify(path)}. Pass the path of a file in the result, as in files(): "stdout", "outputs/a.csv".`,
    );
  }
  checkOptions(options, FILE_OPTIONS);
  checkTransferValues(options);
}

/** @throws {InvalidArgumentError} naming the option. */
export function checkTransferOptions(options: TransferOptions): void {
  checkOptions(options, TRANSFER_OPTIONS);
  checkInclude(options.include);
  checkTransferValues(options);
}

/** @throws {InvalidArgumentError} naming the option. */
export function checkDownloadOptions(options: DownloadOptions): void {
  checkOptions(options, DOWNLOAD_OPTIONS);
  checkTransferValues(options);
  const { include, onProgress, extract, overwrite, layout } = options;
  checkInclude(include);
  if (onProgress !== undefined && typeof onProgress !== 'function') {
    throw wrongType('onProgress', 'a function', onProgress);
  }
  checkBoolean(extract, 'extract');
  if (include !== undefined && extract === false) {
    throw new InvalidArgumentError(
      'include',
      'selects files, which extract: false leaves in their archive. Pass one of them.',
    );
  }
  checkBoolean(overwrite, 'overwrite');
  if (layout !== undefined && layout !== 'auto' && layout !== 'byExecution') {
    throw new InvalidArgumentError('layout', `is ${JSON.stringify(layout)}. Use "auto" or "byExecution".`);
  }
}

/**
 * Checks how the hosts of results are reached.
 *
 * @throws {InvalidArgumentError} naming the option.
 */
export function checkResultAccess(access: ResultAccess, argument = 'results'): void {
  checkOptions(access, ACCESS_OPTIONS, argument);
  checkAccessValues(access, `${argument}.`);
}

function checkTransferValues(options: TransferOptions): void {
  checkString(options.executionId, 'executionId');
  checkAccessValues(options, '');
  const { maxRetries, stallTimeoutMs, limits, onUnsafeEntry, onSkipped } = options;
  if (onUnsafeEntry !== undefined && onUnsafeEntry !== 'skip' && onUnsafeEntry !== 'refuse') {
    throw new InvalidArgumentError('onUnsafeEntry', `is ${JSON.stringify(onUnsafeEntry)}. Use "skip" or "refuse".`);
  }
  if (onSkipped !== undefined && typeof onSkipped !== 'function') {
    throw wrongType('onSkipped', 'a function', onSkipped);
  }
  if (maxRetries !== undefined && !(Number.isInteger(maxRetries) && maxRetries >= 0)) {
    throw new InvalidArgumentError('maxRetries', `is ${quoted(maxRetries)}. Use a whole number from 0 up.`);
  }
  if (stallTimeoutMs !== undefined && !(typeof stallTimeoutMs === 'number' && stallTimeoutMs > 0)) {
    throw new InvalidArgumentError(
      'stallTimeoutMs',
      `is ${quoted(stallTimeoutMs)}. Use a number of milliseconds above 0, or Infinity.`,
    );
  }
  if (limits === undefined) return;
  checkOptions(limits, LIMITS, 'limits');
  for (const name of ['totalBytes', 'entries', 'listingBytes'] as const) {
    const value = limits[name];
    if (value !== undefined && !(typeof value === 'number' && value >= 0)) {
      throw new InvalidArgumentError(`limits.${name}`, `is ${quoted(value)}. Use a number from 0 up.`);
    }
  }
}

function checkAccessValues({ s3, ipfs, hosts }: ResultAccess, prefix: string): void {
  if (s3 !== undefined) checkS3(s3, `${prefix}s3`);
  if (ipfs !== undefined) {
    checkOptions(ipfs, IPFS_OPTIONS, `${prefix}ipfs`);
    checkString(ipfs.gateway, `${prefix}ipfs.gateway`);
    checkString(ipfs.api, `${prefix}ipfs.api`);
    checkStrings(ipfs.headers, `${prefix}ipfs.headers`);
  }
  checkStrings(hosts, `${prefix}hosts`);
  for (const [host, address] of Object.entries(hosts ?? {})) {
    if (URL.canParse(address.includes('://') ? address : `http://${address}`)) continue;
    throw new InvalidArgumentError(
      `${prefix}hosts`,
      `maps ${JSON.stringify(host)} to ${JSON.stringify(address)}. Use host, host:port or a URL.`,
    );
  }
}

function checkS3(s3: S3Options, argument: string): void {
  checkOptions(s3, S3_OPTIONS, argument);
  const { credentials, endpoint, region } = s3;
  checkString(endpoint, `${argument}.endpoint`);
  checkString(region, `${argument}.region`);
  if (credentials === undefined || credentials === 'anonymous') return;
  checkOptions(credentials, S3_CREDENTIALS, `${argument}.credentials`);
  for (const name of ['accessKeyId', 'secretAccessKey'] as const) {
    if (typeof credentials[name] === 'string') continue;
    throw wrongType(`${argument}.credentials.${name}`, 'a string', credentials[name]);
  }
  checkString(credentials.sessionToken, `${argument}.credentials.sessionToken`);
}

function checkInclude(include: unknown): void {
  if (include === undefined) return;
  if (!Array.isArray(include)) throw wrongType('include', 'an array of strings', include);
  for (const [index, pattern] of include.entries()) {
    if (typeof pattern !== 'string') throw wrongType(`include[${index}]`, 'a string', pattern);
    const problem = includeProblem(pattern);
    if (problem !== undefined) throw new InvalidArgumentError(`include[${index}]`, problem);
  }
}

function checkString(value: unknown, argument: string): void {
  if (value !== undefined && typeof value !== 'string') throw wrongType(argument, 'a string', value);
}

function checkBoolean(value: unknown, argument: string): void {
  if (value !== undefined && typeof value !== 'boolean') throw wrongType(argument, 'true or false', value);
}

function checkStrings(record: unknown, argument: string): void {
  if (record === undefined) return;
  if (typeof record !== 'object' || record === null || Array.isArray(record)) {
    throw wrongType(argument, 'an object', record);
  }
  const wrong = Object.entries(record).find(([, value]) => typeof value !== 'string');
  if (wrong !== undefined) throw wrongType(`${argument}[${JSON.stringify(wrong[0])}]`, 'a string', wrong[1]);
}

const wrongType = (argument: string, expected: string, value: unknown): InvalidArgumentError =>
  new InvalidArgumentError(argument, `must be ${expected}, not ${describe(value)}.`);

const describe = (value: unknown): string =>
  value === null ? 'null' : Array.isArray(value) ? 'an array' : `of type ${typeof value}`;

const quoted = (value: unknown): string => (typeof value === 'string' ? JSON.stringify(value) : String(value));
