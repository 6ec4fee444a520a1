// Runs a command in a Docker image on a node of the network, as `docker run` does locally.
import { Bacalhau, docker } from 'bacalhau-sdk';
import { progress } from '../lib/progress.ts';

await using bacalhau = new Bacalhau(); // connects to BACALHAU_API_HOST and BACALHAU_API_PORT

const { line, onUpdate } = progress('Submitting a Docker job');
const hello = docker({
  image: 'ubuntu:latest',
  entrypoint: ['/bin/bash', '-c'],
  parameters: ['echo Hello from $HOSTNAME'],
});
const { jobId, executions, stdout } = await bacalhau.jobs.run(hello, { onUpdate, timeoutMs: 300_000 });
line.succeed(`Job ${jobId} ran on node ${executions[0]?.nodeId}`);

process.stdout.write(stdout);
