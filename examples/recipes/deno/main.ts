// deno run --allow-env --allow-read --allow-net=bacalhau.example.org main.ts JOB
import { Bacalhau } from 'bacalhau-sdk';

const [id = ''] = process.argv.slice(2);
await using bacalhau = new Bacalhau();
const { stdout, outputComplete } = await bacalhau.jobs.handle(id).result();
process.stdout.write(stdout);
if (!outputComplete) console.error('There was more.');
