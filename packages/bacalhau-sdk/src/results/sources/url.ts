import { type ArchiveSource, checkUrl } from './source.js';

/** An archive that anybody who has the URL may read. `renew` asks the server for another one, where they expire. */
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
      async request(again) {
        if (again && renew !== undefined) current = checkUrl(await renew(), name);
        return { method: 'GET', url: current, headers: {} };
      },
    },
  };
}
