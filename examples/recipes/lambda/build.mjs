// build.mjs OUTFILE
import { build } from 'esbuild';

await build({
  entryPoints: [new URL('handler.ts', import.meta.url).pathname],
  outfile: process.argv[2],
  bundle: true,
  platform: 'node',
  format: 'esm',
  // CommonJS packages inside of the bundle ask for modules of Node.
  banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
});
