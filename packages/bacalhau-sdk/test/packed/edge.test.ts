import { readFileSync } from 'node:fs';
import { cp, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EdgeRuntime } from 'edge-runtime';
import { type BuildOptions, build } from 'esbuild';
import { Miniflare } from 'miniflare';
import { getRuntimeContext } from 'next/dist/server/web/sandbox/index.js';
import { stringify } from 'yaml';
import { shellJob } from '../support/logs.js';
import { networkUrl } from '../support/network.js';
import { ownServer } from '../support/own-server.js';
import { describeWith } from '../support/requirements.js';
import { installPacked, workspace } from './install.js';

jest.setTimeout(120_000);

const API_KEY = 'edge-api-key-0123456789abcdef';
const BYTES = 300_000;
const EDGE_LIGHT: BuildOptions = { format: 'iife', conditions: ['edge-light', 'module'] };

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bacalhau-edge-'));
  await installPacked(folder, ['bacalhau-apiclient', 'bacalhau-sdk']);
  for (const file of await readdir(join(__dirname, 'project'))) {
    await cp(join(__dirname, 'project', file), join(folder, file));
  }
}, 300_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Bundles a file of the application, and gives the text. */
async function bundle(file: string, options: BuildOptions): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(folder, file)],
    ...{ bundle: true, write: false, platform: 'browser', logLevel: 'error', ...options },
  });
  return outputFiles?.[0]?.text ?? '';
}

const unsupported = (why: string): unknown => expect.stringMatching(`^UnsupportedRuntimeError: .*${why}`);

/** What a function reports of its work; a step that fails is reported by its error. */
const report = {
  wait: 'Completed',
  run: { exitCode: 0, stdout: 'hello edge\n' },
  results: ['url'],
  files: { exitCode: 1, 'outputs/data.bin': BYTES, stderr: 0, stdout: 'hello edge\n'.length },
  logs: 'hello edge\n',
  download: unsupported('no file system'),
};

// Docker, because only its logs are streamed.
describeWith(['docker', 'own-network'], 'a function', () => {
  const secured = ownServer(() => ({
    computeNodes: 1,
    config: { API: { Auth: { Users: [{ Alias: 'edge', APIKey: API_KEY, Capabilities: [{ Actions: ['*'] }] }] } } },
  }));

  /** A request to work with the server that lets everybody in, or with the one that wants a key. */
  const request = (where: 'open' | 'secured'): { readonly method: 'POST'; readonly body: string } => {
    const { Tasks = [], ...rest } = shellJob(`echo hello edge; head -c ${BYTES} /dev/urandom > /outputs/data.bin`).Job;
    const published = { Publisher: { Type: 'local' }, ResultPaths: [{ Name: 'outputs', Path: '/outputs' }] };
    const job = stringify({ ...rest, Tasks: Tasks.map((task) => ({ ...task, ...published })) });
    const server = where === 'open' ? { baseUrl: networkUrl() } : { baseUrl: secured.url, apiKey: API_KEY };
    return { method: 'POST', body: JSON.stringify({ ...server, job }) };
  };

  type Reports = Readonly<Record<'open' | 'secured', unknown>>;

  /** Has a function work with both servers. */
  async function reports(dispatch: (where: 'open' | 'secured') => Promise<{ json(): Promise<unknown> }>) {
    const open = await (await dispatch('open')).json();
    return { open, secured: await (await dispatch('secured')).json() };
  }

  test('of Cloudflare Workers works', async () => {
    const script = await bundle('worker.ts', { format: 'esm', conditions: ['workerd', 'worker', 'module'] });
    const worker = new Miniflare({ modules: true, script, compatibilityDate: '2026-04-01', cf: false });
    try {
      const found: Reports = await reports((where) => worker.dispatchFetch('http://worker.test/', request(where)));
      expect(found).toEqual({ open: report, secured: report });
      expect(documented('Cloudflare Workers')).toEqual(supported(found));
    } finally {
      await worker.dispose();
    }
  });

  const withoutLogs = { ...report, logs: unsupported('cannot send headers') };

  test("of Next's edge runtime works, except for logs with a key", async () => {
    const file = join(folder, 'edge-light.js');
    await writeFile(file, await bundle('edge-light.ts', EDGE_LIGHT));
    const runtime = await getRuntimeContext({
      ...{ name: 'edge', paths: [file], distDir: folder, useCache: false, clientAssetToken: '' },
      edgeFunctionEntry: { assets: [], wasm: [], env: {} },
    });
    const found: Reports = await reports((where) => runtime.dispatchFetch('http://next.test/', request(where)));
    expect(found).toEqual({ open: report, secured: withoutLogs });
    expect(documented("Next's edge runtime")).toEqual(supported(found));
  });

  test('of edge-runtime works, except for logs with a key', async () => {
    const runtime = new EdgeRuntime({ initialCode: await bundle('edge-light.ts', EDGE_LIGHT) });
    const found: Reports = await reports((where) => runtime.dispatchFetch('http://edge.test/', request(where)));
    expect(found).toEqual({ open: report, secured: withoutLogs });
    expect(documented('`edge-runtime`')).toEqual(supported(found));
  });
});

/** What a runtime can do, in the words of the table in docs/compatibility.md. */
function supported({ open, secured }: Readonly<Record<'open' | 'secured', unknown>>): Record<string, string> {
  const answer = (found: unknown, step: string): string =>
    /^\w*Error: /.test(String(Object(found)[step])) ? 'no' : 'yes';
  return {
    'submit, wait': answer(secured, 'wait'),
    run: answer(secured, 'run'),
    'list results': answer(secured, 'results'),
    '`job.files()`': answer(secured, 'files'),
    'logs, no login required': answer(open, 'logs'),
    'logs, login required': answer(secured, 'logs'),
    '`job.download()`': answer(secured, 'download'),
  };
}

/** What that table says of a runtime. */
function documented(runtime: string): Record<string, string> {
  const text = readFileSync(join(workspace, 'docs', 'compatibility.md'), 'utf8');
  const [, section = ''] = /### In an edge runtime\n([^#]*)/.exec(text) ?? [];
  const rows = [...section.matchAll(/^\|(.*)\|$/gm)].map(([, row = '']) => row.split('|').map((cell) => cell.trim()));
  const [head = [], , ...body] = rows;
  const column = head.indexOf(runtime);
  return Object.fromEntries(body.map((row) => [row[0] ?? '', row[column] ?? '']));
}
