import { defineConfig } from 'tsdown';

const shared = {
  platform: 'node',
  target: 'node20.19',
  sourcemap: true,
  outputOptions: { sourcemapExcludeSources: true },
} as const;

export default defineConfig([
  { ...shared, entry: ['src/index.ts'], format: ['esm', 'cjs'], dts: { sourcemap: true } },
  // Programs that are started, not imported; and what scripts/platforms imports.
  {
    ...shared,
    entry: {
      supervisor: 'src/supervisor/main.ts',
      watcher: 'src/supervisor/watcher.ts',
      cli: 'src/cli/main.ts',
      gate: 'src/namespace/gate.ts',
      'server-for-platform': 'src/binary/server-for-platform.ts',
    },
    format: 'esm',
    dts: false,
    clean: false,
  },
]);
