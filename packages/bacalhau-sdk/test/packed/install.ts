import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

export const workspace = join(__dirname, '..', '..', '..', '..');
export const execute = promisify(execFile);

/** Packs the package of a folder, and gives its tarball. */
export async function packed(cwd: string, tarball: string, options: readonly string[] = []): Promise<string> {
  const { packageManager } = JSON.parse(await readFile(join(workspace, 'package.json'), 'utf8'));
  await execute('npx', ['--yes', packageManager, 'pack', '--out', tarball, ...options], { cwd });
  return tarball;
}

/** Makes a folder that of an application which has nothing but the packed packages, and `others`: of the registry, or tarballs. */
export async function installPacked(
  folder: string,
  names: readonly string[],
  others: readonly string[] = [],
): Promise<void> {
  const tarballs = await Promise.all(
    names.map((name) => packed(join(workspace, 'packages', name), join(folder, `${name}.tgz`))),
  );
  await writeFile(join(folder, 'package.json'), JSON.stringify({ private: true, type: 'module' }));
  await execute('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error', ...tarballs, ...others], {
    cwd: folder,
  });
}
