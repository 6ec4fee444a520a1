import fs from 'node:fs/promises';
import path from 'node:path';
import { cacheFolder } from './paths.mjs';

/**
 * A folder of the cache, made by `make` if it is not there yet. It appears in one step and complete, so that a run
 * that is stopped half-way, or two runs at the same time, cannot spoil it.
 *
 * @param {import('./run.mjs').Run} run
 * @param {string} name
 * @param {(folder: string) => Promise<void>} make
 */
export async function cached(run, name, make) {
  const folder = path.join(cacheFolder, name);
  if (await exists(folder)) return folder;

  const unfinished = path.join(run.staging, name);
  await fs.mkdir(unfinished, { recursive: true });
  await make(unfinished);
  await fs.rename(unfinished, folder).catch(async (error) => {
    // Another run was faster, and its result is as good.
    if (!(await exists(folder))) throw error;
  });
  return folder;
}

async function exists(/** @type {string} */ folder) {
  return fs.access(folder).then(
    () => true,
    () => false,
  );
}
