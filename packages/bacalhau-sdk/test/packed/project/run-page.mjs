// Loads a page's script where a page would not find Node (whose own `fetch` needs its other globals): `node run-page.mjs SCRIPT BASE_URL JOB_FILE`.
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const [, , script, baseUrl, jobFile] = process.argv;
globalThis.settings = { baseUrl, job: readFileSync(jobFile, 'utf8') };
for (const name of ['process', 'global']) {
  Object.defineProperty(globalThis, name, { value: undefined });
}
await import(pathToFileURL(script).href);
console.log(JSON.stringify(await globalThis.report));
