// Checks the pages that TypeDoc wrote for what it does not warn about: broken links and empty pages.
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';

/** Returns a message for each problem of the pages in a folder. */
export function problemsOf(site) {
  const files = new Set(globSync('**/*', { cwd: site }).map((path) => path.replaceAll('\\', '/')));
  const pages = new Map();
  for (const path of files) {
    if (path.endsWith('.html')) pages.set(path, readFileSync(join(site, path), 'utf8'));
  }
  const anchors = new Map([...pages].map(([path, html]) => [path, new Set(all(html, / id="([^"]+)"/g))]));
  const problems = [];
  for (const [path, html] of pages) {
    const main = /<div class="col-content" role="main">([\s\S]*?)<div class="col-sidebar">/.exec(html)?.[1] ?? '';
    const text = main.replace(/<h1[\s\S]*?<\/h1>|<[^>]+>/g, ' ').trim();
    if (text.length < 20) problems.push(`${path} is empty`);
    for (const link of all(html, /(?:href|src)="([^"]*)"/g)) {
      if (/^[a-z]+:/.test(link)) continue;
      const [target = '', anchor] = link.split('#');
      const file = target === '' ? path : posix.join(dirname(path), decodeURIComponent(target));
      if (!files.has(file)) problems.push(`${path} links to ${link}, which does not exist`);
      else if (file.startsWith('media/') && file.endsWith('.md'))
        problems.push(`${path} links to ${link}, which is not a page`);
      else if (anchor && anchors.has(file) && !anchors.get(file).has(decodeURIComponent(anchor)))
        problems.push(`${path} links to ${link}, but the anchor does not exist`);
    }
  }
  return { pages: pages.size, problems };
}

const all = (text, pattern) => [...text.matchAll(pattern)].map(([, found]) => found.replaceAll('&amp;', '&'));
