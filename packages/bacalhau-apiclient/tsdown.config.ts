import { defineConfig } from 'tsdown';

export default defineConfig({
  entry: ['src/index.ts', 'src/legacy.ts'],
  format: ['esm', 'cjs'],
  // Runs wherever axios does, so no Node built-ins; the extensions still say which module system a file is for.
  platform: 'neutral',
  fixedExtension: true,
  target: 'es2022',
  dts: { sourcemap: true },
  sourcemap: true,
  outputOptions: { sourcemapExcludeSources: true },
});
