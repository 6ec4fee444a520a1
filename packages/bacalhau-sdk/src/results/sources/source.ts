import { DownloadError } from '../../errors/index.js';
import { quoteName } from '../../model/index.js';
import type { LimitCounter } from '../limit-counter.js';
import type { RemoteFile } from '../remote-file.js';

/** A result that is one archive. */
export interface ArchiveSource {
  readonly kind: 'archive';
  readonly file: RemoteFile;
  /** Of the file's name, if the archive is not extracted. */
  readonly extension: '.tar.gz' | '.tar';
  /** The name of the folder, or the only file, that the archive consists of. */
  readonly root?: string | undefined;
}

/** A result of several files, fetched one by one. */
export interface FilesSource {
  readonly kind: 'files';
  /** Everything that is listed counts as an entry for the limits, also what is not a file. */
  list(
    limits: LimitCounter,
  ): AsyncIterable<{ readonly name: string; readonly file: RemoteFile & { readonly size: number } }>;
}

export type ResultSource = ArchiveSource | FilesSource;

/** Refuses addresses other than HTTP: they come from a server. */
export function checkUrl(url: string, name: string): string {
  let protocol: string;
  try {
    protocol = new URL(url).protocol;
  } catch {
    throw new DownloadError(`Cannot fetch ${name}: ${quoteName(url)} is not a URL.`, { reason: 'unsupported' });
  }
  if (protocol === 'http:' || protocol === 'https:') return url;
  throw new DownloadError(
    `Cannot fetch ${name}: its address begins with ${quoteName(protocol)} instead of http: or https:.`,
    {
      reason: 'unsupported',
    },
  );
}
