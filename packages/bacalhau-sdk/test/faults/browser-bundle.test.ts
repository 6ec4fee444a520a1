import { join } from 'node:path';
import vm from 'node:vm';
import { build } from 'esbuild';
import { tarGzOf } from '../support/archives.js';
import { resultsApi, serve, storeServer, urlItem } from '../support/store-server.js';

const source = join(__dirname, '..', '..', 'src');

const bundle = () =>
  build({
    stdin: {
      contents: `export { Bacalhau, Jobs, UnsupportedRuntimeError } from './index.js'; export { LegacyJobs } from './legacy/index.js';`,
      resolveDir: source,
    },
    bundle: true,
    write: false,
    platform: 'browser',
    format: 'iife',
    globalName: 'sdk',
    alias: { '#platform': join(source, 'platform/browser/index.ts') },
    metafile: true,
    logLevel: 'silent',
  });

test('the browser bundle contains no Node.js module', async () => {
  const { metafile, outputFiles } = await bundle();
  const inputs = Object.keys(metafile.inputs);
  expect(inputs.some((path) => path.includes('platform/browser'))).toBe(true);
  expect(inputs.filter((path) => path.includes('platform/node') || path.startsWith('node:'))).toEqual([]);
  expect(outputFiles[0]?.text).not.toMatch(/require\("node:|from "node:/);
});

test('the bundle runs without the globals of Node.js, and reports what a browser cannot do', async () => {
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
  expect(message).toMatch(/^true There is no key file in this runtime.*RsaIdentity\.import/);
});

test('the bundle reads results without the globals of Node.js, and reports that it cannot write a directory', async () => {
  const archive = await tarGzOf([
    { name: './stdout', content: 'hello' },
    { name: './outputs/a.txt', content: 'x'.repeat(100_000) },
  ]);
  await using store = await storeServer((request, response) => serve(request, response, archive));
  await using api = await resultsApi(() => [urlItem(`${store.url}/a.tar.gz`)]);
  const { outputFiles } = await bundle();
  const { console, URL, AbortController, crypto, performance, setTimeout, clearTimeout } = globalThis;
  const { fetch, Request, Response, Headers, ReadableStream, WritableStream, TransformStream } = globalThis;
  const { DecompressionStream, ByteLengthQueuingStrategy, TextEncoder, TextDecoder, URLSearchParams } = globalThis;
  const { btoa, atob } = globalThis;
  const page = vm.createContext({
    ...{ console, URL, AbortController, crypto, performance, setTimeout, clearTimeout, URLSearchParams },
    ...{ fetch, Request, Response, Headers, ReadableStream, WritableStream, TransformStream },
    ...{ DecompressionStream, ByteLengthQueuingStrategy, TextEncoder, TextDecoder, btoa, atob },
    apiUrl: api.url,
  });
  const read: unknown = await vm.runInContext(
    `${outputFiles[0]?.text}
    (async () => {
      const job = new sdk.Bacalhau({ baseUrl: apiUrl, headers: { authorization: 'Bearer x' } }).jobs.handle('j-1');
      const files = [];
      for await (const file of job.files()) files.push([file.path, (await file.text()).length]);
      const refused = await job.download('somewhere').catch((error) => error);
      return JSON.stringify([files, refused instanceof sdk.UnsupportedRuntimeError, refused.message]);
    })()`,
    page,
  );
  expect(JSON.parse(String(read))).toEqual([
    [
      ['stdout', 5],
      ['outputs/a.txt', 100_000],
    ],
    true,
    expect.stringContaining('files()'),
  ]);
  // What would make a browser ask the other server for permission first.
  expect(Object.keys(store.seen[0]?.headers ?? {})).not.toEqual(expect.arrayContaining(['authorization']));
});

test('in a browser, legacy jobs are submitted with a key and read without one', async () => {
  const { outputFiles } = await bundle();
  const { console, URL, AbortController, crypto, performance, setTimeout, clearTimeout } = globalThis;
  const { fetch, Request, Response, ReadableStream, TextEncoder, URLSearchParams, btoa, atob } = globalThis;
  const sent: string[] = [];
  const fakeFetch: typeof fetch = async (input, init) => {
    const request = new Request(input, init);
    sent.push(await request.text());
    return new Response(JSON.stringify({ job: {}, state: {}, jobs: [] }));
  };
  const page = vm.createContext({
    ...{ console, URL, AbortController, crypto, performance, setTimeout, clearTimeout },
    ...{ fetch: fakeFetch, Request, Response, ReadableStream, TextEncoder, URLSearchParams, btoa, atob },
  });
  const messages = await vm.runInContext(
    `${outputFiles[0]?.text}
    const options = { baseUrl: 'https://gateway.example.org', serverVersion: 'v0.3.16' };
    const payloadSigner = { clientId: 'c', publicKey: 'cGs=', sign: async () => new Uint8Array([1, 2, 3]) };
    const job = { Spec: { Engine: 'Noop' } };
    const told = (promise) => promise.then(() => 'done', (error) => error.message);
    const keyless = new sdk.LegacyJobs(options);
    const signing = new sdk.LegacyJobs({ ...options, payloadSigner });
    (async () => [
      await told(keyless.submit(job)), await told(keyless.list()), await told(keyless.states('j')),
      await told(signing.submit(job)), await told(signing.list()),
    ])();`,
    page,
  );
  expect(messages).toEqual([
    expect.stringMatching(/no key file in this runtime/),
    expect.stringMatching(/Pass clientId, or returnAll/),
    'done',
    'done',
    'done',
  ]);
  expect(sent).toEqual([
    '{"job_id":"j"}',
    expect.stringMatching(
      /^\{"job_create_payload":\{"ClientID":"c",.*\},"signature":"AQID","client_public_key":"cGs="\}$/,
    ),
    '{"client_id":"c"}',
  ]);
});
