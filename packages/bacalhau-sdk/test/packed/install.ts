import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

export const workspace = join(__dirname, '..', '..', '..', '..');
export const execute = promisify(execFile);

/** Makes a folder that of an application which has nothing but the packed packages, and `others` of the registry. */
export async function installPacked(
  folder: string,
  names: readonly string[],
  others: readonly string[] = [],
): Promise<void> {
  const { packageManager } = JSON.parse(await readFile(join(workspace, 'package.json'), 'utf8'));
  const tarballs = await Promise.all(
    names.map(async (name) => {
      const tarball = join(folder, `${name}.tgz`);
      const cwd = join(workspace, 'packages', name);
      await execute('npx', ['--yes', packageManager, 'pack', '--out', tarball], { cwd });
      return tarball;
    }),
  );
  await writeFile(join(folder, 'package.json'), JSON.stringify({ private: true, type: 'module' }));
  await execute('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error', ...tarballs, ...others], {
    cwd: folder,
  });
}
