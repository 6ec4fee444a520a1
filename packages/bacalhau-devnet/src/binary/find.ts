import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';

/** Whether a path is a file that this user may run. */
export async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}

/** Finds a program on the PATH, then in further folders. Relative entries of the PATH are ignored. */
export async function findOnPath(program: string, further: readonly string[] = []): Promise<string | undefined> {
  for (const folder of [...(process.env['PATH'] ?? '').split(delimiter), ...further]) {
    if (!isAbsolute(folder)) continue;
    const path = join(folder, program);
    if (await isExecutable(path)) return path;
  }
  return undefined;
}
