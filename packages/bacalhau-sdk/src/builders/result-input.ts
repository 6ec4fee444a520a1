import type { InputSource, SpecConfig } from 'bacalhau-apiclient';
import { describeType } from '../arguments/index.js';
import { InvalidJobError } from '../errors/index.js';
import { reachableUrl, type S3Location, type TypedResult, type UrlResult } from '../model/index.js';
import { completeAtSubmission, type JobBuildContext } from '../spec/index.js';
import { defined, isRecord } from '../util/index.js';
import { checkSettings, requiredText, type SettingRules, text, textByName } from './check-settings.js';

/** What the result of one job is to be as the input of another. */
export interface ResultInput {
  /** Where the job finds it: an absolute path of a folder. */
  readonly target: string;
  /** Another name of it, unique in the job. Default: none. */
  readonly alias?: string | undefined;
  /**
   * What the job expects to find in `target`. `files`: `stdout`, `stderr`, `exitCode`, and a folder for each output.
   * `archive`: those packed, as one `.tar.gz`, which nodes do not unpack. The publisher decides which it is, and the other one
   * is an error: `ipfs`, and `s3` with the encoding `plain`, publish files, `local` and `s3` otherwise an archive. Default:
   * `files`.
   */
  readonly as?: 'files' | 'archive' | undefined;
  /**
   * Replaces hosts of results of the publisher `local` by the addresses at which nodes reach each other: maps `host` or
   * `host:port` as in the result to a host, `host:port` or a URL.
   *
   * @example { '127.0.0.1:6001': 'node-1.example.org:6001' }
   */
  readonly hosts?: Readonly<Record<string, string>> | undefined;
}

/** What an archive is to be as an input: the job has to unpack it, and says that it will. */
export interface ArchiveInput extends ResultInput {
  readonly as: 'archive';
}

/** What the result of a job that may still run is to be as an input. */
export interface JobResultInput extends ResultInput {
  /** Only the result of this execution; its full id. Needed for a job with several. */
  readonly executionId?: string | undefined;
}

/** A result, or what has a single one, such as what `jobs.run` returned. */
export type ResultToRead =
  | TypedResult
  | {
      /** Those of a job; there must be exactly one. */
      readonly typedResults: readonly TypedResult[];
    };

/** How a result becomes an input: one of the publisher `local` has to be expected as an archive. */
export type ResultInputOf<Result> = Result extends UrlResult ? ArchiveInput : ResultInput;

const RESULT: SettingRules<ResultInput> = {
  target: requiredText('an absolute path of a folder, where the job finds it'),
  alias: text('a name'),
  as: {
    ...text('"files" or "archive"'),
    expected: '"files" or "archive"',
    matches: (as) => as === 'files' || as === 'archive',
  },
  hosts: {
    ...textByName('{ "127.0.0.1:6001": "node-1.example.org:6001" }'),
    each: { expected: 'a host, host:port or a URL', matches: isAddress },
  },
};
const JOB_RESULT: SettingRules<JobResultInput> = { ...RESULT, executionId: text('the full id of an execution') };

/**
 * Makes an input of the result of another job.
 *
 * @throws {InvalidJobError} if nodes cannot read it, or it has another form than the job expects.
 */
export function resultInput(result: ResultToRead, settings: ResultInput): InputSource {
  checkSettings(settings, RESULT, { builder: 'inputs.result', example: '{ target: "/in" }' });
  const { target, alias, as = 'files', hosts = {} } = settings;
  const { form, source, name } = readableBy(singleResult(result), hosts);
  if (form === as) return { Source: source, Target: target, ...(alias !== undefined && { Alias: alias }) };
  const where = target.replace(/\/$/, '');
  throw new InvalidJobError(
    'as',
    form === 'files'
      ? `is "archive", but the result is stored as files, which the job finds in ${where}. Leave it out.`
      : `must be "archive": the result is packed, nodes do not unpack it, and the job finds ${where}/${name}. Let the job unpack it and pass as: "archive", or publish with publishers.ipfs() or publishers.s3({ encoding: "plain", … }).`,
  );
}

/**
 * Makes an input that is completed when its job is submitted, with the result of another job.
 *
 * @throws {InvalidJobError} if a setting is wrong.
 */
export function awaitedInput(
  jobId: string,
  settings: JobResultInput,
  awaitResult: (context: JobBuildContext) => Promise<TypedResult>,
): InputSource {
  checkSettings(settings, JOB_RESULT, { builder: 'job.asInput', example: '{ target: "/in" }' });
  const { target, alias, as, hosts } = settings;
  // As it is if it is copied by JSON, and then refused.
  const source: SpecConfig = { Type: 'inline', Params: { URL: `the result of job ${jobId}` } };
  const awaited = { Source: source, Target: target, ...(alias !== undefined && { Alias: alias }) };
  return completeAtSubmission(awaited, async (input, context) => {
    const { Source } = resultInput(await awaitResult(context), { target: input.Target, as, hosts });
    return { ...input, Source };
  });
}

function singleResult(given: ResultToRead): TypedResult {
  if (!isRecord(given)) {
    throw new InvalidJobError('result', `must be a result, not ${describeType(given)}. ${RESULT_ADVICE}`);
  }
  if (isTypedResult(given)) return given;
  if (!Array.isArray(given.typedResults)) {
    throw new InvalidJobError('result', `has neither a type nor typedResults. ${RESULT_ADVICE}`);
  }
  const [first, ...others] = given.typedResults;
  if (first !== undefined && others.length === 0) return first;
  throw new InvalidJobError(
    'result',
    first === undefined
      ? 'is of a job that has published nothing. Set its publisher, for example publishers.ipfs().'
      : `has ${others.length + 1} results, one for each execution. Pass one of its typedResults for each input.`,
  );
}

const isTypedResult = (given: ResultToRead): given is TypedResult => 'type' in given;

const RESULT_ADVICE = 'Pass an entry of job.typedResults(), or what jobs.run or job.result returned.';

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

function isAddress(value: unknown): boolean {
  return typeof value === 'string' && URL.canParse(value.includes('://') ? value : `http://${value}`);
}
