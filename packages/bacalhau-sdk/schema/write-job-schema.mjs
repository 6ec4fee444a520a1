// Writes job.schema.json from the description of a job in src/spec; the package's build runs it. A unit test fails where
// the two differ.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const path = (name) => fileURLToPath(new URL(name, import.meta.url));

const { outputFiles } = await build({
  entryPoints: [path('job-schema.ts')],
  ...{ bundle: true, write: false, format: 'esm', platform: 'node', logLevel: 'error' },
});
const [{ contents }] = outputFiles;
const { jobSchema } = await import(`data:text/javascript;base64,${Buffer.from(contents).toString('base64')}`);
const file = path('../job.schema.json');
const text = `${JSON.stringify(jobSchema(), undefined, 2)}\n`;
// Left alone if nothing changes, so that what watches it has nothing to do.
if (readFileSync(file, { encoding: 'utf8', flag: 'a+' }) !== text) writeFileSync(file, text);
