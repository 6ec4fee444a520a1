// Runs a job file, YAML or JSON. The name in the file is dropped: with it, a second run would return the first job.
import { Bacalhau, loadJob } from 'bacalhau-sdk';
import { progress } from '../lib/progress.ts';

await using bacalhau = new Bacalhau();

// Like `bacalhau job run --template-vars name=file job.yaml`.
const { Name: name, ...job } = await loadJob(new URL('job.yaml', import.meta.url), { variables: { name: 'file' } });
const { line, onUpdate } = progress(`Submitting ${name}`);
const { jobId, stdout } = await bacalhau.jobs.run(job, { onUpdate, timeoutMs: 300_000 });
line.succeed(`Job ${jobId} is complete`);

process.stdout.write(stdout);
