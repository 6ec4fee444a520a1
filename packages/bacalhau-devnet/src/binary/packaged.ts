import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { packageFile } from '../package-files.js';
import { isExecutable } from './find.js';
import { CURRENT_PLATFORM, platformPackage } from './platform.js';
import { buildName, type ServerRecipe } from './recipe.js';

/**
 * Finds the server in the package for this platform, an optional dependency of this one.
 *
 * @param from the file from whose place it is looked for
 * @returns its path; undefined without that package, or if the server in it was made from another recipe
 */
export async function packagedServer(
  recipe: ServerRecipe,
  from: string = packageFile('package.json'),
): Promise<string | undefined> {
  let folder: string;
  try {
    const manifest = `${platformPackage(CURRENT_PLATFORM)}/package.json`;
    folder = join(dirname(createRequire(from).resolve(manifest)), 'server');
    if ((await readFile(join(folder, 'recipe'), 'utf8')) !== buildName(recipe)) return undefined;
  } catch {
    return undefined;
  }
  const path = join(folder, 'bacalhau');
  return (await isExecutable(path)) ? path : undefined;
}
