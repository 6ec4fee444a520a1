// Prints what a job prints while it runs: main.ts [JOB]. Without a job it runs one that counts.
import { Bacalhau, docker, JobError, type LogEntry } from 'bacalhau-sdk';

const [id] = process.argv.slice(2);
await using bacalhau = new Bacalhau();

const script = 'for i in 1 2 3 4 5; do echo "line $i"; sleep 0.3; done; echo "that is all" >&2';
const counting = docker({ image: 'ubuntu:latest', entrypoint: ['/bin/bash', '-c'], parameters: [script] });

const onLog = ({ stream, text }: LogEntry) => process[stream].write(text);
const options = { onLog, throwOnNonZeroExit: false };
try {
  const { jobId, exitCode } =
    id === undefined ? await bacalhau.jobs.run(counting, options) : await bacalhau.jobs.handle(id).result(options);
  console.error(`Job ${jobId} ended with exit code ${exitCode}`);
  process.exitCode = exitCode;
} catch (error) {
  if (!(error instanceof JobError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
