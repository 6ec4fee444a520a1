// Sends a WebAssembly module along with the job and prints what it printed.
import { Bacalhau, wasm } from 'bacalhau-sdk';
import { helloModule } from '../lib/hello-module.ts';
import { progress } from '../lib/progress.ts';

await using bacalhau = new Bacalhau();

const { line, onUpdate } = progress('Submitting a WebAssembly job');
const module = await helloModule('Hello from WebAssembly');
const { jobId, addedPublisher, stdout } = await bacalhau.jobs.run(wasm({ module }), { onUpdate });
line.succeed(`Job ${jobId} is complete; its output came by the publisher ${addedPublisher}`);

process.stdout.write(stdout);
