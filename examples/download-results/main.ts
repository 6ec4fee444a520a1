// Downloads the results of a job and shows progress: main.ts [DIRECTORY [JOB]]. Without a job it runs one first.
import { Bacalhau, type DownloadProgress, publishers, wasm } from 'bacalhau-sdk';
import { progress } from '../lib/progress.ts';
import { resultsFolder } from '../lib/results-folder.ts';
import { writingModule } from '../lib/writing-module.ts';

const [directory = resultsFolder(import.meta.url), id] = process.argv.slice(2);
await using bacalhau = new Bacalhau();

const { line, onUpdate } = progress('Running a job that writes 20 MB');
const job = id === undefined ? await submit() : bacalhau.jobs.handle(id);
await job.wait({ onUpdate });

const { files } = await job.download(directory, { overwrite: true, onProgress: (now) => (line.text = describe(now)) });
line.succeed(`The results of ${job.id} are in ${directory}`);
for (const { path, size } of files) console.log(`${String(size).padStart(10)}  ${path}`);

async function submit() {
  const spec = wasm({
    module: await writingModule(20),
    publisher: publishers.local(),
    outputs: { outputs: '/outputs' },
  });
  return bacalhau.jobs.submit(spec);
}

function describe({ loadedBytes, totalBytes = loadedBytes }: DownloadProgress): string {
  const inMegabytes = (bytes: number): string => (bytes / 1e6).toFixed(1);
  return `Downloading ${inMegabytes(loadedBytes)} of ${inMegabytes(totalBytes)} MB`;
}
