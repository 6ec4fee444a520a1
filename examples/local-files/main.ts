// Sends a folder of this machine to a job, and downloads what the job wrote: main.ts [FOLDER [DIRECTORY]].
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { Bacalhau, docker, inputs, publishers } from 'bacalhau-sdk';
import { progress } from '../lib/progress.ts';
import { resultsFolder } from '../lib/results-folder.ts';

const [folder = fileURLToPath(new URL('texts', import.meta.url)), directory = resultsFolder(import.meta.url)] =
  process.argv.slice(2);
await using bacalhau = new Bacalhau();

const { line, onUpdate } = progress(`Sending the texts of ${folder}`);
const job = await bacalhau.jobs.submit(
  docker({
    image: 'ubuntu',
    entrypoint: ['sh', '-c', 'cd /in && wc -w *.txt > /out/words'],
    inputs: [inputs.files(folder, { target: '/in', include: ['/*.txt'] })],
    outputs: { out: '/out' },
    publisher: publishers.local(),
  }),
);
await job.wait({ onUpdate });
await job.download(directory, { overwrite: true });
line.succeed(`The words are counted in ${directory}/out/words`);
console.log(await readFile(`${directory}/out/words`, 'utf8'));
