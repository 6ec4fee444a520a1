import commonjs from '@rollup/plugin-commonjs';
import { nodeResolve } from '@rollup/plugin-node-resolve';
import esbuild from 'esbuild';

/** Leaves out the types; any plugin for TypeScript does. */
const typescript = {
  name: 'typescript',
  async transform(code, id) {
    return id.endsWith('.ts') ? (await esbuild.transform(code, { loader: 'ts' })).code : undefined;
  },
};

export default {
  input: new URL('page.ts', import.meta.url).pathname,
  // `browser` also chooses the browser build of the packages that the SDK uses.
  plugins: [nodeResolve({ browser: true, extensions: ['.ts', '.mjs', '.js'] }), commonjs(), typescript],
  output: { format: 'es' },
};
