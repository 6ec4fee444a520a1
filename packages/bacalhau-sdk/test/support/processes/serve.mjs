// A program that submits a job with a file that it serves, and then has nothing else to do.
import { Bacalhau, docker, inputs } from '../../../dist/index.mjs';

const [, , baseUrl, dir, file] = process.argv;
const input = inputs.files(file, { target: '/in/x', via: { serve: { host: '127.0.0.1' } } });
await new Bacalhau({ baseUrl, dir, env: {} }).jobs.submit(docker({ image: 'ubuntu', inputs: [input] }));
console.log('submitted');
