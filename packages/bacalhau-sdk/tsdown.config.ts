import { defineConfig } from 'tsdown';

export default defineConfig({
  entry: ['src/index.ts', 'src/legacy/index.ts', 'src/platform/node/index.ts', 'src/platform/browser/index.ts'],
  format: ['esm', 'cjs'],
  platform: 'node',
  target: 'node20.19',
  // Which platform is loaded is decided where the package is used, by the `imports` of its package.json.
  deps: {
    neverBundle: ['#platform'],
    // Some are ESM only, which CommonJS programs on older Node and their test runners cannot load. Their notices:
    // THIRD-PARTY-NOTICES.md.
    alwaysBundle: ['modern-tar', 'aws4fetch', '@noble/ed25519', '@noble/hashes', 'oauth4webapi'],
    onlyBundle: ['modern-tar', 'aws4fetch', '@noble/ed25519', '@noble/hashes', 'oauth4webapi'],
  },
  dts: { entry: ['src/index.ts', 'src/legacy/index.ts'], sourcemap: true },
  sourcemap: true,
  // `import()` in the CommonJS build becomes `require`: jest, and others that run CommonJS in a vm, cannot import there.
  outputOptions: { dynamicImportInCjs: false, sourcemapExcludeSources: true },
  // Else the declarations keep a bare `import "axios"`, and users would need its types.
  treeshake: { moduleSideEffects: false },
});
