import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packagedServer } from '../../src/binary/packaged.js';
import { CURRENT_PLATFORM, PACKAGED_PLATFORMS, platformPackage } from '../../src/binary/platform.js';
import { buildName, serverRecipe } from '../../src/binary/recipe.js';
import { PINNED_KIND } from '../../src/servers/table.js';

const root = join(__dirname, '..', '..');
const read = (...path: string[]) => JSON.parse(readFileSync(join(root, ...path, 'package.json'), 'utf8'));

describe('the packages with a server', () => {
  const own = read();
  const platforms = PACKAGED_PLATFORMS.map(({ os, arch }) => `${os}-${arch}`).sort();

  test('are optional dependencies, of one version with this package', () => {
    expect(readdirSync(join(root, 'platforms')).sort()).toEqual(platforms);
    const names = platforms.map((platform) => `bacalhau-devnet-${platform}`);
    expect(own.optionalDependencies).toEqual(Object.fromEntries(names.map((name) => [name, 'workspace:*'])));
    expect(platforms.map((platform) => read('platforms', platform).version)).toEqual(platforms.map(() => own.version));
  });

  test.each(PACKAGED_PLATFORMS)('differ in their platform only: $os $arch', ({ os, arch }) => {
    const folder = `platforms/${os}-${arch}`;
    expect(read(folder)).toEqual({
      name: platformPackage({ os, arch }),
      version: own.version,
      description: `The Bacalhau server of bacalhau-devnet for ${os} ${arch}`,
      license: own.license,
      author: own.author,
      homepage: own.homepage,
      repository: { ...own.repository, directory: `packages/bacalhau-devnet/${folder}` },
      bugs: own.bugs,
      files: ['server', 'THIRD-PARTY-NOTICES.md'],
      preferUnplugged: true,
      publishConfig: { ...own.publishConfig, os: [os], cpu: [arch], executableFiles: ['server/bacalhau'] },
      scripts: { prepack: `node ../../../../scripts/platforms/main.mjs ${os}-${arch}` },
    });
  });
});

describe('the server in the package for this platform', () => {
  let project: string;
  let server: string;
  let from: string;

  beforeEach(() => {
    project = mkdtempSync(join(tmpdir(), 'devnet-test-'));
    from = join(project, 'node_modules', 'bacalhau-devnet', 'package.json');
    const folder = join(project, 'node_modules', platformPackage(CURRENT_PLATFORM));
    server = join(folder, 'server', 'bacalhau');
    mkdirSync(join(folder, 'server'), { recursive: true });
    writeFileSync(join(folder, 'package.json'), '{}');
    writeFileSync(server, '');
    chmodSync(server, 0o755);
  });
  afterEach(() => rmSync(project, { recursive: true }));

  test.each([
    ['is found', (name: string) => name, true],
    ['is not taken if it was made from another recipe', (name: string) => `${name}0`, false],
  ])('%s', async (_, recipeOf, taken) => {
    const recipe = await serverRecipe(PINNED_KIND);
    writeFileSync(join(server, '..', 'recipe'), recipeOf(buildName(recipe)));
    const found = await packagedServer(recipe, from);
    expect(found === undefined ? undefined : readdirSync(join(found, '..')).sort()).toEqual(
      taken ? ['bacalhau', 'recipe'] : undefined,
    );
  });

  test('there is none without the package', async () => {
    rmSync(join(project, 'node_modules'), { recursive: true });
    expect(await packagedServer(await serverRecipe(PINNED_KIND), from)).toBeUndefined();
  });
});
