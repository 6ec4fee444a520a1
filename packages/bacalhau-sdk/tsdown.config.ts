import { defineConfig } from 'tsdown';

interface Graph {
  getModuleInfo(id: string): { readonly importers: readonly string[] } | null;
}

/** Whether a chain of static imports leads from a source to a module. */
function isReached(from: RegExp, id: string, graph: Graph, seen: Set<string> = new Set()): boolean {
  if (from.test(id)) return true;
  if (seen.has(id)) return false;
  seen.add(id);
  return (graph.getModuleInfo(id)?.importers ?? []).some((importer) => isReached(from, importer, graph, seen));
}

const source = (...paths: readonly string[]): RegExp => new RegExp(`/bacalhau-sdk/src/(${paths.join('|')})\\.ts$`);

const CLIENT = source('client/index');
const SIGNATURES = source('signatures/entry');

const ENTRIES = {
  index: 'src/index.ts',
  'legacy/index': 'src/legacy/index.ts',
  'signatures/index': 'src/signatures/entry.ts',
};

/**
 * What a client consists of is in one file, but for what `#platform` and the gateway's entry share with it. Left to itself,
 * each set of lazy folders that share a module would make one more file.
 */
function chunkOf(id: string, graph: Graph): string | null {
  if (isReached(/\/src\/platform\/[\w-]+\/index\.ts$/, id, graph))
    return /\/src\/platform\/[\w-]+\/|\/node_modules\//.test(id) ? null : 'base';
  if (/\/src\/keys\/[\w-]+\.ts$/.test(id)) return 'keys';
  if (!isReached(CLIENT, id, graph)) return null;
  // Gateways that verify signatures load no client.
  return isReached(SIGNATURES, id, graph) ? 'base' : 'core';
}

export default defineConfig({
  entry: {
    ...ENTRIES,
    'platform/node/index': 'src/platform/node/index.ts',
    'platform/browser/index': 'src/platform/browser/index.ts',
    'platform/edge-light/index': 'src/platform/edge-light/index.ts',
    'platform/workerd/index': 'src/platform/workerd/index.ts',
  },
  tsconfig: 'tsconfig.build.json',
  format: ['esm', 'cjs'],
  platform: 'node',
  target: 'node20.19',
  // Which platform is loaded is decided where the package is used, by the `imports` of its package.json.
  deps: {
    neverBundle: ['#platform'],
    // Some are ESM only, which CommonJS programs on older Node and their test runners cannot load. Their notices:
    // THIRD-PARTY-NOTICES.md.
    alwaysBundle: ['modern-tar', 'aws4fetch', '@noble/ed25519', '@noble/hashes', 'oauth4webapi', 'pako'],
    onlyBundle: ['modern-tar', 'aws4fetch', '@noble/ed25519', '@noble/hashes', 'oauth4webapi', 'pako'],
  },
  dts: { entry: Object.values(ENTRIES), sourcemap: true },
  sourcemap: true,
  // Bundlers add their own to the names of what is loaded late, and pages carry both. So a program that runs while it is
  // updated may load a newer file beside an older one: names that both have must mean the same.
  hash: false,
  // `import()` in the CommonJS build becomes `require`: jest, and others that run CommonJS in a vm, cannot import there.
  outputOptions: {
    dynamicImportInCjs: false,
    minifyInternalExports: false,
    sourcemapExcludeSources: true,
    // Docstrings are in the declarations and in src; in the code they cost each program memory.
    comments: { jsdoc: false },
    codeSplitting: {
      // The second takes what the first has left: programs that submit other people's jobs need no builders.
      groups: [
        { name: chunkOf },
        // Builders need it too, and a job's handle no builders.
        { name: 'result-inputs', test: /\/src\/result-inputs\/[\w-]+\.ts$/ },
        { name: 'builders', test: /\/src\/builders\/[\w-]+\.ts$/ },
      ],
    },
  },
  // Else the declarations keep a bare `import "axios"`, and users would need its types.
  treeshake: { moduleSideEffects: false },
});
