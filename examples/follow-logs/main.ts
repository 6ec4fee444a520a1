// Prints the output of a job line by line while it runs: main.ts [JOB]. Without a job it runs one that counts.
import { Bacalhau, docker } from 'bacalhau-sdk';

const [id] = process.argv.slice(2);
await using bacalhau = new Bacalhau();

const counting = 'for i in 1 2 3 4 5; do echo "line $i"; sleep 0.3; done; echo "that is all" >&2';
const job =
  id === undefined
    ? await bacalhau.jobs.submit(
        docker({ image: 'ubuntu:latest', entrypoint: ['/bin/bash', '-c'], parameters: [counting] }),
      )
    : bacalhau.jobs.handle(id);

console.error(`Following job ${job.id}`);
for await (const { stream, text } of job.logs({ follow: true, lines: true })) {
  (stream === 'stdout' ? process.stdout : process.stderr).write(`${text}\n`);
}
const { State } = await job.wait();
console.error(`The job is ${State?.StateType?.toLowerCase()}`);
if (State?.StateType !== 'Completed') {
  console.error(State?.Message);
  process.exitCode = 1;
}
