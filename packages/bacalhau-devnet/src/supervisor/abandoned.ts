import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cleanUp } from './clean-up.js';
import { type ListedProcess, listProcesses } from './processes.js';
import { DIRECTORY_NAME } from './protocol.js';
import { currentPlace, type DevnetRecord, readRecord } from './record.js';

/**
 * Removes what is left of this user's devnets whose processes were all killed at the same moment. Only those below the
 * current directory for temporary files are found.
 *
 * @returns descriptions of what could not be removed.
 */
export async function removeAbandoned(): Promise<string[]> {
  const names = (await readdir(tmpdir()).catch(() => [])).filter((name) => DIRECTORY_NAME.test(name));
  const records = await Promise.all(names.map((name) => readRecord(join(tmpdir(), name))));
  const here = records.filter((record): record is DevnetRecord => record?.place === currentPlace());
  if (here.length === 0) return [];
  // A supervisor is there before its directory, and longer.
  const processes = await listProcesses();
  const abandoned = here.filter(({ scope }) => !processes.some((one) => watchesOver(one, scope.dir)));
  return (await Promise.all(abandoned.map(({ scope, commands }) => cleanUp(scope, commands)))).flat();
}

function watchesOver({ args }: ListedProcess, dir: string): boolean {
  return /(supervisor|watcher)\.mjs/.test(args) && args.includes(dir);
}
