// esbuild.mjs OUTDIR: without splitting one file holds all; with it, rarely used parts are loaded when they are needed.
import { build } from 'esbuild';

const options = {
  entryPoints: [new URL('page.ts', import.meta.url).pathname],
  bundle: true,
  platform: 'browser',
  format: 'esm',
  minify: true,
};
await build({ ...options, outdir: `${process.argv[2]}/whole` });
await build({ ...options, outdir: `${process.argv[2]}/split`, splitting: true });
