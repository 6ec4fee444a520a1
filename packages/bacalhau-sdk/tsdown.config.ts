import { defineConfig } from 'tsdown';

export default defineConfig({
  entry: ['src/index.ts', 'src/platform/node/index.ts', 'src/platform/browser/index.ts'],
  format: ['esm', 'cjs'],
  platform: 'node',
  target: 'node20.19',
  // Which platform is loaded is decided where the package is used, by the `imports` of its package.json.
  deps: { neverBundle: ['#platform'] },
  dts: { entry: ['src/index.ts'] },
  sourcemap: true,
  // Else the declarations keep a bare `import "axios"`, and users would need its types.
  treeshake: { moduleSideEffects: false },
});
