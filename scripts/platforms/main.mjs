// Fills the folders of the packages with a Bacalhau server: `node scripts/platforms/main.mjs [PLATFORM…] [--out FOLDER]`, where
// a platform is such as linux-arm64. Packing one does so, too. A server that the cache has is not built again.
import { chmod, copyFile, mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { serverForPlatform } from '../../packages/bacalhau-devnet/dist/server-for-platform.mjs';
import { main, root } from '../lib/workspace.mjs';
import { noticesFor } from './notices.mjs';

const packages = join(root, 'packages', 'bacalhau-devnet', 'platforms');

await main(async () => {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: { out: { type: 'string' } } });
  const platforms = positionals.length > 0 ? positionals : await readdir(packages);
  for (const platform of platforms) await fill(platform, join(values.out ?? packages, platform));
});

async function fill(platform, folder) {
  // Not to standard output, which is that of whoever packs.
  const server = await serverForPlatform(platform, { onProgress: console.error });
  const target = join(folder, 'server');
  await rm(target, { recursive: true, force: true });
  await mkdir(target, { recursive: true });
  const manifest = join(packages, platform, 'package.json');
  if (manifest !== join(folder, 'package.json')) await copyFile(manifest, join(folder, 'package.json'));
  await copyFile(join(root, 'LICENSE'), join(folder, 'LICENSE'));
  await writeFile(join(folder, 'THIRD-PARTY-NOTICES.md'), await noticesFor(server));
  await writeFile(join(folder, 'README.md'), readme(server));
  // By its name only when it is complete: networks in this workspace use it, too.
  await copyFile(server.path, join(target, 'bacalhau.new'));
  await chmod(join(target, 'bacalhau.new'), 0o755);
  await rename(join(target, 'bacalhau.new'), join(target, 'bacalhau'));
  await writeFile(join(target, 'recipe'), server.recipe);
}

function readme({ packageName, source, version }) {
  return `# ${packageName}

The Bacalhau server ${version} that [bacalhau-devnet](https://www.npmjs.com/package/bacalhau-devnet) starts. Install
\`bacalhau-devnet\`; it brings this package along where it fits.

THIRD-PARTY-NOTICES.md has the licences of all that is in it. It is built from the Go module
[\`${source}\`](https://pkg.go.dev/${source}@${version}), with the dependencies that \`bacalhau-devnet\` pins.
`;
}
