// Runs three jobs, each on what the one before it wrote, from a folder of this machine to one: main.ts [FOLDER [DIRECTORY]].
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { Bacalhau, docker, inputs, publishers } from 'bacalhau-sdk';
import { progress } from '../lib/progress.ts';
import { resultsFolder } from '../lib/results-folder.ts';

const texts = fileURLToPath(new URL('../local-files/texts', import.meta.url));
const [folder = texts, directory = resultsFolder(import.meta.url)] = process.argv.slice(2);
await using bacalhau = new Bacalhau();

/** A step that leaves what the next one needs in /out. The publisher `local`, which every node has, passes on an archive. */
const step = (script: string, input: ReturnType<typeof inputs.files>) =>
  docker({
    image: 'ubuntu',
    entrypoint: ['sh', '-ec', script],
    inputs: [input],
    outputs: { out: '/out' },
    publisher: publishers.local(),
  });
const unpack = 'tar -xzf /in/*.tar.gz -C /tmp';

const { line, onUpdate } = progress(`Running three jobs on ${folder}`);
const split = await bacalhau.jobs.submit(
  step("cat /in/*.txt | tr -cs '[:alpha:]' '\\n' > /out/words", inputs.files(folder, { target: '/in' })),
);
// Each is submitted when the one before it has completed.
const counted = await bacalhau.jobs.submit(
  step(`${unpack}; sort /tmp/out/words | uniq -c > /out/counts`, split.asInput({ target: '/in', as: 'archive' })),
);
const ranked = await bacalhau.jobs.submit(
  step(
    `${unpack}; sort -k1,1nr -k2 /tmp/out/counts | head -3 > /out/top`,
    counted.asInput({ target: '/in', as: 'archive' }),
  ),
);
await ranked.wait({ onUpdate });
await ranked.download(directory, { overwrite: true });
line.succeed(`The most frequent words are in ${directory}/out/top`);
console.log(await readFile(`${directory}/out/top`, 'utf8'));
