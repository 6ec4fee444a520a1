// Checks that the search of the built pages leads to the guides, as the script of the pages searches.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { inflateSync } from 'node:zlib';

const requireOfTypedoc = createRequire(createRequire(import.meta.url).resolve('typedoc'));
const lunr = requireOfTypedoc('lunr');

/** Words of readers, and the pages that explain them: they must be among the first that the search shows. */
const EXPECTED = {
  cors: 'documents/browser.html',
  timeout: 'documents/handle-errors.html',
  cancel: 'documents/submit-jobs.html',
  websocket: 'documents/logs.html',
  retries: 'documents/errors.html',
  proxy: 'documents/connecting.html',
  trace: 'documents/handle-errors.html',
  downloaderror: 'classes/bacalhau-sdk.DownloadError.html',
};
/** How many are seen without scrolling. */
const SEEN = 6;

/** Returns a message for each word whose page is not found. */
export function searchProblemsOf(site) {
  const search = openSearch(site);
  return Object.entries(EXPECTED).flatMap(([word, page]) => {
    const first = search(word).slice(0, SEEN);
    if (first.includes(page)) return [];
    return [`A search for ${JSON.stringify(word)} finds ${first.join(', ')}, but not ${page}`];
  });
}

/** Returns a function that gives the addresses of the pages with a text, best first. */
function openSearch(site) {
  const [, packed] = /"(.+)"/.exec(readFileSync(join(site, 'assets', 'search.js'), 'utf8')) ?? [];
  const { rows, index: serialized } = JSON.parse(inflateSync(Buffer.from(packed, 'base64')).toString());
  const index = lunr.Index.load(serialized);
  return (text) => {
    const found = index.search(`*${text}*`).map(({ ref, score }) => {
      const { name, url } = rows[ref];
      const isBeginning = name.toLowerCase().startsWith(text);
      return { url, score: isBeginning ? (score * 10) / (1 + Math.abs(name.length - text.length)) : score };
    });
    return found.sort((one, other) => other.score - one.score).map(({ url }) => url);
  };
}
