import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A project that depends on the SDK and on axios, and nothing else. */
export interface Project {
  readonly folder: string;
  remove(): Promise<void>;
}

const packages = fileURLToPath(new URL('../../packages', import.meta.url));

export async function makeProject(): Promise<Project> {
  const folder = await mkdtemp(join(await realpath(tmpdir()), 'bacalhau-budgets-'));
  const modules = join(folder, 'node_modules');
  await mkdir(modules);
  // The axios of the SDK, so that both are the same files.
  const targets = { 'bacalhau-sdk': 'bacalhau-sdk', axios: 'bacalhau-sdk/node_modules/axios' };
  for (const [name, target] of Object.entries(targets)) {
    await symlink(await realpath(join(packages, target)), join(modules, name), 'junction');
  }
  await writeFile(join(folder, 'package.json'), '{ "private": true, "type": "module" }');
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
}
