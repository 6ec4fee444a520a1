import type { InputSource, SpecConfig } from 'bacalhau-apiclient';
import { InvalidJobError } from '../errors/index.js';
import { reachableUrl, type S3Location, type TypedResult } from '../model/index.js';
import { defined } from '../util/index.js';
import type { ResultInput } from './types.js';

/**
 * Makes an input of the result of another job.
 *
 * @throws {InvalidJobError} if nodes cannot read it, or it has another form than the job expects.
 */
export function inputOfResult(
  result: TypedResult,
  { target, alias, as = 'files', hosts = {} }: ResultInput,
): InputSource {
  const { form, source, name } = readableBy(result, hosts);
  if (form === as) return { Source: source, Target: target, ...(alias !== undefined && { Alias: alias }) };
  const where = target.replace(/\/$/, '');
  throw new InvalidJobError(
    'as',
    form === 'files'
      ? `is "archive", but the result is stored as files, which the job finds in ${where}. Leave it out.`
      : `must be "archive": the result is packed, nodes do not unpack it, and the job finds ${where}/${name}. Let the job unpack it and pass as: "archive", or publish with publishers.ipfs() or publishers.s3({ encoding: "plain", … }).`,
  );
}

interface Readable {
  readonly form: 'files' | 'archive';
  readonly source: SpecConfig;
  /** Of the archive, in the target. */
  readonly name?: string | undefined;
}

/** Returns where nodes read a result, with their own access. */
function readableBy(result: TypedResult, hosts: Readonly<Record<string, string>>): Readable {
  switch (result.type) {
    case 'ipfs':
      return { form: 'files', source: { Type: 'ipfs', Params: { CID: result.cid } } };
    case 's3':
      return s3Readable(result);
    case 's3PreSigned':
      if (result.source !== undefined) return s3Readable(result.source);
      // Nodes send HEAD first, which a URL signed for GET refuses, and have no source for the managed publisher (1.9.3).
      throw unreadable(
        'is in the bucket that the orchestrator manages, which nodes cannot read: its presigned URL is for GET only, and nodes begin with HEAD',
      );
    case 'url': {
      if (!isAddress(result.url)) throw unreadable(`has the URL ${JSON.stringify(result.url)}, which is not one`);
      const URL = reachableUrl(result.url, hosts) ?? result.url;
      return { form: 'archive', source: { Type: 'urlDownload', Params: { URL } }, name: lastSegment(result.url) };
    }
    default:
      throw unreadable(`is of type ${JSON.stringify(result.spec?.Type)}, which this version does not know`);
  }
}

function s3Readable({ bucket, key, region, endpoint, versionId, checksumSha256 }: S3Location): Readable {
  const place = { Bucket: bucket, Key: key, Region: region, Endpoint: endpoint };
  const source = { Type: 's3', Params: defined({ ...place, VersionID: versionId, ChecksumSHA256: checksumSha256 }) };
  return /[/*]$/.test(key) ? { form: 'files', source } : { form: 'archive', source, name: lastSegment(key) };
}

const unreadable = (problem: string): InvalidJobError =>
  new InvalidJobError(
    'result',
    `${problem}. Publish with publishers.ipfs(), s3() or local(), or download it and pass inputs.files().`,
  );

const lastSegment = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

/** Whether a value is a host, `host:port` or a URL. */
export function isAddress(value: unknown): boolean {
  return typeof value === 'string' && URL.canParse(value.includes('://') ? value : `http://${value}`);
}
