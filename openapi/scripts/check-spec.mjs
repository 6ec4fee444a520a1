// Prints what a server's own swagger.json says differently: npm run check-spec path/to/swagger.json
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parse } from 'yaml';
import { diffWithSwagger } from '../src/swagger-diff.ts';

const [file] = process.argv.slice(2);
if (file === undefined) {
  console.error('usage: npm run check-spec path/to/swagger.json');
  process.exit(2);
}
// npm runs this in the workspace's folder, and says where the person was.
const swagger = JSON.parse(readFileSync(resolve(process.env.INIT_CWD ?? '.', file), 'utf8'));
const document = parse(readFileSync(new URL('../bacalhau.yaml', import.meta.url), 'utf8'));
const differences = diffWithSwagger(document, swagger);
for (const line of differences) console.log(line);
console.log(`${differences.length} differences`);
