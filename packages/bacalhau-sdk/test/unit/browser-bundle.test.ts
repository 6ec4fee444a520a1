import { join } from 'node:path';
import vm from 'node:vm';
import { build } from 'esbuild';

const source = join(__dirname, '..', '..', 'src');

const bundle = () =>
  build({
    stdin: { contents: `export { Bacalhau, Jobs, UnsupportedRuntimeError } from './index.js';`, resolveDir: source },
    bundle: true,
    write: false,
    platform: 'browser',
    format: 'iife',
    globalName: 'sdk',
    alias: { '#platform': join(source, 'platform/browser/index.ts') },
    metafile: true,
    logLevel: 'silent',
  });

test('the SDK bundles for the browser without a module of Node', async () => {
  const { metafile, outputFiles } = await bundle();
  const inputs = Object.keys(metafile.inputs);
  expect(inputs.some((path) => path.includes('platform/browser'))).toBe(true);
  expect(inputs.filter((path) => path.includes('platform/node') || path.startsWith('node:'))).toEqual([]);
  expect(outputFiles[0]?.text).not.toMatch(/require\("node:|from "node:/);
});

test('the bundle runs where nothing of Node is defined, and says what a browser lacks', async () => {
  const { outputFiles } = await bundle();
  const { console, URL, AbortController, crypto, performance, setTimeout, clearTimeout } = globalThis;
  const { fetch, Request, Response, ReadableStream, TextEncoder } = globalThis;
  const page = vm.createContext({
    ...{ console, URL, AbortController, crypto, performance, setTimeout, clearTimeout },
    ...{ fetch, Request, Response, ReadableStream, TextEncoder },
  });
  const message = await vm.runInContext(
    `${outputFiles[0]?.text}
    const client = new sdk.Bacalhau({ baseUrl: 'https://gateway.example.org' });
    client.identity().then(() => 'no error', (error) => (error instanceof sdk.UnsupportedRuntimeError) + ' ' + error.message);`,
    page,
  );
  expect(message).toMatch(/^true There is no key file in this runtime.*server/);
});
