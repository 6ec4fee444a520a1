// What arrives at somebody who installs a package: all that its package.json names, and types for every way to load it.
// Run it by scripts/tool.mjs, which knows where the tools are.
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { main, packPackage, root, run } from './lib/workspace.mjs';

await main(async () => {
  const folder = join(root, 'node_modules', '.cache', 'packed');
  mkdirSync(folder, { recursive: true });
  for (const name of readdirSync(join(root, 'packages'))) {
    checkManifest(name);
    const tarball = join(folder, `${name}.tgz`);
    await packPackage(name, tarball);
    await run('publint', ['--strict', tarball]);
    // With `node10`, which finds subpaths by `typesVersions` only.
    const options = [
      '--profile',
      'strict',
      '--format',
      'ascii',
      '--exclude-entrypoints',
      'package.json',
      'job.schema.json',
    ];
    await run('attw', [...options, '--', tarball]);
  }
});

/** What the registry shows of a package. */
function checkManifest(name) {
  const manifest = JSON.parse(readFileSync(join(root, 'packages', name, 'package.json'), 'utf8'));
  const fields = ['description', 'license', 'author', 'homepage', 'repository', 'bugs', 'keywords', 'engines', 'files'];
  const missing = [...fields, 'publishConfig', 'exports', 'types'].filter((field) => manifest[field] === undefined);
  if (missing.length > 0) throw new Error(`packages/${name}/package.json lacks ${missing.join(', ')}.`);
  if (manifest.sideEffects !== false) throw new Error(`packages/${name}/package.json lacks "sideEffects": false.`);
  if (manifest.repository.directory !== `packages/${name}`) {
    throw new Error(`packages/${name}/package.json names ${manifest.repository.directory} as its directory.`);
  }
}
