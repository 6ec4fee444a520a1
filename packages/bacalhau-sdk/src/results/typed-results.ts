import type { Execution, SpecConfig } from 'bacalhau-apiclient';
import type { S3Location, TypedResult } from '../model/index.js';
import { defined, isRecord } from '../util/index.js';

/**
 * Types results, as the server lists them, by what published them. The server's items do not name their execution; where
 * `executions` of the job are given, each result gets the id of the one that published it.
 *
 * @example
 * ```ts
 * const { items } = await jobs.results(id);
 * for (const result of typedResults(items)) {
 *   if (result.type === 'url') console.log(result.url);
 * }
 * ```
 */
export function typedResults(
  items: readonly SpecConfig[],
  executions: readonly Pick<Execution, 'ID' | 'PublishedResult'>[] = [],
): TypedResult[] {
  const published = executions.filter((execution) => execution.PublishedResult?.Type !== undefined);
  const taken = new Set<string>();
  return items.map((item) => {
    const result = typed(item);
    // Two executions may have published the same content, under the same CID: then each gets one of the results.
    const match = published.find((execution) => !taken.has(execution.ID) && isOf(result, execution));
    const executionId = match?.ID ?? idInUrl(result);
    if (executionId === undefined) return result;
    taken.add(executionId);
    return { ...result, executionId };
  });
}

function typed(spec: SpecConfig): TypedResult {
  const params: Readonly<Record<string, unknown>> = spec.Params ?? {};
  switch (text(spec.Type)?.toLowerCase()) {
    case 'urldownload': {
      const url = text(params['URL']);
      return url === undefined ? { type: 'unknown', spec } : { type: 'url', url };
    }
    case 's3presigned': {
      const url = text(params['PreSignedURL']);
      if (url === undefined) return { type: 'unknown', spec };
      const source = s3Location(params['SourceSpec']);
      return { type: 's3PreSigned', url, managed: params['Managed'] === true, ...(source && { source }) };
    }
    case 's3': {
      const location = s3Location(params);
      return location === undefined ? { type: 'unknown', spec } : { type: 's3', ...location };
    }
    case 'ipfs': {
      const cid = text(params['CID']);
      return cid === undefined ? { type: 'unknown', spec } : { type: 'ipfs', cid };
    }
    default:
      return { type: 'unknown', spec };
  }
}

function s3Location(params: unknown): S3Location | undefined {
  if (!isRecord(params)) return undefined;
  const bucket = text(params['Bucket']);
  const key = text(params['Key']);
  if (bucket === undefined || key === undefined) return undefined;
  return {
    bucket,
    key,
    ...defined({
      region: text(params['Region']),
      endpoint: text(params['Endpoint']),
      versionId: text(params['VersionID']),
      checksumSha256: text(params['ChecksumSHA256']),
    }),
  };
}

/** Executions have the unsigned form of what they published. */
function isOf(result: TypedResult, { ID, PublishedResult }: Pick<Execution, 'ID' | 'PublishedResult'>): boolean {
  const params: Readonly<Record<string, unknown>> = PublishedResult?.Params ?? {};
  switch (result.type) {
    case 'url':
      return params['URL'] === result.url;
    case 'ipfs':
      return params['CID'] === result.cid;
    case 's3':
      return params['Bucket'] === result.bucket && params['Key'] === result.key;
    case 's3PreSigned':
      return result.source === undefined
        ? pathOf(result.url).includes(ID)
        : params['Bucket'] === result.source.bucket && params['Key'] === result.source.key;
    case 'unknown':
      return false;
  }
}

/** Finds the id of the execution in a URL: the local and the managed publisher name their archives `…/e-<uuid>.tar.gz`. */
function idInUrl(result: TypedResult): string | undefined {
  if (result.type !== 'url' && result.type !== 's3PreSigned') return undefined;
  return /\/(e-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.tar\.gz$/.exec(pathOf(result.url))?.[1];
}

function pathOf(url: string): string {
  try {
    return new URL(url).pathname;
  } catch {
    return '';
  }
}

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);
