// Runs a WebAssembly module, which is sent with the job, and prints its output.
import { Bacalhau, wasm } from 'bacalhau-sdk';
import { helloModule } from '../lib/hello-module.ts';
import { progress } from '../lib/progress.ts';

await using bacalhau = new Bacalhau();

const { line, onUpdate } = progress('Submitting a WebAssembly job');
const module = await helloModule('Hello from WebAssembly');
const { jobId, addedPublisher, stdout } = await bacalhau.jobs.run(wasm({ module }), { onUpdate });
line.succeed(`Job ${jobId} is complete; its output was published by ${addedPublisher}`);

process.stdout.write(stdout);
