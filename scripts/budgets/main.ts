// What the SDK may cost those who use it, compared with axios, which it is built on. Prints the figures; ends with 1 if a
// budget is missed. On a busy machine a figure may be off, so one that misses is measured once more, in more rounds.
import { bundleFigures } from './bundle.ts';
import { type Figure, show } from './figure.ts';
import { importFigures } from './import.ts';
import { makeProject } from './project.ts';
import { typeFigures } from './types.ts';

const project = await makeProject();
const measures: readonly ((rounds: number) => Promise<readonly Figure[]>)[] = [
  (rounds) => importFigures(project, rounds),
  () => bundleFigures(project),
  (rounds) => typeFigures(project, Math.ceil(rounds / 3)),
];

for (const measure of measures) {
  let figures = await measure(15);
  console.log(figures.map(show).join('\n'));
  if (figures.some(({ within }) => !within)) {
    console.log('Not within its budget. Once more, in more rounds:');
    figures = await measure(45);
    console.log(figures.map(show).join('\n'));
  }
  if (figures.some(({ within }) => !within)) process.exitCode = 1;
}
await project.remove();
