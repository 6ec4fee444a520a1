// A program that runs a named fan-out from its beginning, and prints a line for each item that ended.
import { readFileSync } from 'node:fs';
import { Bacalhau, wasm } from '../../../dist/index.mjs';

const { url, namespace, dir, name, count, moduleFile } = JSON.parse(process.argv[2] ?? '{}');
const module = readFileSync(moduleFile);
const bacalhau = new Bacalhau({ baseUrl: url, namespace, dir, env: {} });
const toSpec = (index) =>
  wasm({
    ...{ module, parameters: [`${index}`] },
    resources: { cpu: '10m', memory: '32MB' },
    timeouts: { queueSeconds: 300 },
  });
const inputs = Array.from({ length: count }, (_, index) => index);
for await (const item of bacalhau.jobs.map(inputs, toSpec, { name, concurrency: 50, output: 'beginning' })) {
  console.log(JSON.stringify([item.index, item.status, `${item.error ?? ''}`]));
}
await bacalhau.close();
