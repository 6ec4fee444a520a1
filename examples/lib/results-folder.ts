import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Returns the folder `results` beside an example, seen from where it is run. */
export function resultsFolder(exampleUrl: string): string {
  return relative('', fileURLToPath(new URL('results', exampleUrl)));
}
