import { DownloadError } from '../../errors/index.js';
import { quoteName, type S3PreSignedResult, type TypedResult } from '../../model/index.js';
import type { EnvironmentVariables } from '../../platform/index.js';
import type { TransferContext } from '../transfer-context.js';
import type { TransferOptions } from '../types.js';
import { ipfsSource } from './ipfs.js';
import { s3Source, wholeChecksum } from './s3.js';
import type { ResultSource } from './source.js';
import { urlSource } from './url.js';

export type { ResultSource } from './source.js';

interface SourceContext {
  readonly options: TransferOptions;
  readonly env: EnvironmentVariables;
  readonly context: TransferContext;
  /** Requests the same result again, with a URL that has not expired. */
  readonly renew: (result: S3PreSignedResult) => Promise<S3PreSignedResult>;
}

/**
 * Returns how to fetch a result. Nothing is sent yet.
 *
 * @throws {DownloadError} with reason `not-configured` or `unsupported`.
 */
export async function sourceOf(result: TypedResult, name: string, sourceContext: SourceContext): Promise<ResultSource> {
  const { options, env, context, renew } = sourceContext;
  switch (result.type) {
    case 'url':
      return urlSource(name, result.url);
    case 's3PreSigned':
      return urlSource(name, result.url, {
        renew: async () => (await renew(result)).url,
        checksumSha256: wholeChecksum(result.source?.checksumSha256),
      });
    case 's3':
      return s3Source(name, result, options.s3 ?? {}, env, context);
    case 'ipfs':
      return ipfsSource(name, result, options.ipfs);
    case 'unknown':
      throw new DownloadError(
        `Cannot fetch ${name}: this version of the SDK does not support results of type ${quoteName(String(result.spec.Type))}. Check for a newer version.`,
        { reason: 'unsupported' },
      );
  }
}
