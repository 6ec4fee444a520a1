// `npm run lint:imports`. Type-only imports and `import()` count.
import { readFileSync } from 'node:fs';

const SDK = '^packages/bacalhau-sdk/src';

/** Folders and files of the SDK's sources as docs/architecture.md lists them; an import goes down the list. */
function layers() {
  const page = readFileSync(new URL('docs/architecture.md', import.meta.url), 'utf8');
  const [, list = ''] = /^## packages\/bacalhau-sdk\/src\n[\s\S]*?```\n([\s\S]*?)```/m.exec(page) ?? [];
  const names = list
    .split('\n')
    .flatMap((line) => (/^(?:[\w-]+(?:\/|\.ts) +)+/.exec(line)?.[0] ?? '').match(/\S+/g) ?? []);
  if (names.length === 0)
    throw new Error('docs/architecture.md no longer lists the folders of packages/bacalhau-sdk/src.');
  return names;
}

const pattern = (name) => `${SDK}/${name.replaceAll('.', '\\.')}${name.endsWith('/') ? '' : '$'}`;
const names = layers();

export default {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'Give what the lower one needs as an argument, or move what both need further down.',
      severity: 'error',
      // Of the SDK only those within a folder: others have an import that goes up, and one report is enough.
      from: { path: `${SDK}/([^/]+)` },
      to: { circular: true, viaOnly: `${SDK}/$1(/|$)` },
    },
    { name: 'no-cycles-elsewhere', severity: 'error', from: { pathNot: SDK }, to: { circular: true } },
    ...names.slice(1).map((name, index) => ({
      name: `not-up-from-${name.replace(/\W/g, '')}`,
      comment: 'An import goes down the list of folders in docs/architecture.md.',
      severity: 'error',
      from: { path: pattern(name) },
      to: { path: names.slice(0, index + 1).map(pattern) },
    })),
    {
      name: 'listed-folders-only',
      comment: 'Put the folder into the list of docs/architecture.md.',
      severity: 'error',
      from: {},
      to: { path: SDK, pathNot: names.map(pattern) },
    },
    {
      name: 'by-the-door',
      comment: "Other folders import from a folder's index.ts, and export there what they need.",
      severity: 'error',
      from: { path: `${SDK}/([^/]+)` },
      to: {
        path: `${SDK}/[^/]+/.`,
        pathNot: [`${SDK}/$1/`, `${SDK}/[^/]+/index\\.ts$`, `${SDK}/platform/(node|browser)/index\\.ts$`],
      },
    },
    {
      name: 'not-by-the-own-door',
      comment: 'Within a folder, import the file.',
      severity: 'error',
      from: { path: `${SDK}/([^/]+)/.` },
      to: { path: `${SDK}/$1/index\\.ts$` },
    },
    { name: 'resolved', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.sources.json' },
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'types', 'default'] },
  },
};
