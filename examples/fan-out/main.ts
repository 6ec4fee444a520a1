// Runs a job for each of many inputs: main.ts [NAME [INPUT …]]. Started again with the same name, it resumes.
import { Bacalhau, wasm } from 'bacalhau-sdk';
import { helloModule } from '../lib/hello-module.ts';

const [name, ...planets] = process.argv.slice(2);
const inputs = planets.length > 0 ? planets : ['Mercury', 'Venus', 'Earth', 'Mars', 'Jupiter', 'Saturn'];

await using bacalhau = new Bacalhau();

const greeting = async (planet: string) => wasm({ module: await helloModule(`Hello ${planet}`) });

let failed = 0;
for await (const item of bacalhau.jobs.map(inputs, greeting, { name, concurrency: 4 })) {
  if (item.status === 'fulfilled') {
    const { stdout, jobId, deduplicated } = item.value;
    console.log(`${stdout.trim()}  ${jobId}${deduplicated ? '  existed already' : ''}`);
  } else {
    failed += 1;
    console.error(`${item.input}: ${item.error}`);
  }
}
process.exitCode = failed === 0 ? 0 : 1;
