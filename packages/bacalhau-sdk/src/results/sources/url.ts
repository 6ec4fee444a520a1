import { type ArchiveSource, checkUrl } from './source.js';

/** Returns the source of an archive that the URL alone gives access to. `renew` requests another URL if they expire. */
export function urlSource(
  name: string,
  url: string,
  {
    renew,
    checksumSha256,
  }: { readonly renew?: () => Promise<string>; readonly checksumSha256?: string | undefined } = {},
): ArchiveSource {
  let current = checkUrl(url, name);
  return {
    kind: 'archive',
    extension: '.tar.gz',
    file: {
      name,
      checksumSha256,
      renewable: renew !== undefined,
      retries500: true,
      async request(renewUrl) {
        if (renewUrl && renew !== undefined) current = checkUrl(await renew(), name);
        return { method: 'GET', url: current, headers: {} };
      },
    },
  };
}
