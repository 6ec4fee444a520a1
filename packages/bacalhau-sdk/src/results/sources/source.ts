import { DownloadError } from '../../errors/index.js';
import type { RemoteFile } from '../remote-file.js';

/** A result that is one archive. */
export interface ArchiveSource {
  readonly kind: 'archive';
  readonly file: RemoteFile;
  /** Of its name on disk, when it is kept as it is. */
  readonly extension: '.tar.gz' | '.tar';
  /** Whether the archive has the content in a folder (or is a single file) that is named by this. */
  readonly root?: string | undefined;
}

/** A result that is files, each fetched by itself. */
export interface FilesSource {
  readonly kind: 'files';
  list(): AsyncIterable<{ readonly name: string; readonly file: RemoteFile & { readonly size: number } }>;
}

export type ResultSource = ArchiveSource | FilesSource;

/** Results come from a server, and what it names is fetched: nothing but HTTP is. */
export function checkUrl(url: string, name: string): string {
  let protocol: string;
  try {
    protocol = new URL(url).protocol;
  } catch {
    throw new DownloadError(`Cannot fetch ${name}: ${JSON.stringify(url)} is no URL.`, { reason: 'unsupported' });
  }
  if (protocol === 'http:' || protocol === 'https:') return url;
  throw new DownloadError(`Cannot fetch ${name}: its address begins with ${protocol}, which is not HTTP.`, {
    reason: 'unsupported',
  });
}
