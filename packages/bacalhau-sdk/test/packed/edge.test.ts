import { cp, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EdgeRuntime } from 'edge-runtime';
import { type BuildOptions, build } from 'esbuild';
import { Miniflare } from 'miniflare';
import { run as runInNext } from 'next/dist/server/web/sandbox/index.js';
import { stringify } from 'yaml';
import { shellJob } from '../support/logs.js';
import { ownServer } from '../support/own-server.js';
import { describeWith } from '../support/requirements.js';
import { installPacked } from './install.js';

jest.setTimeout(120_000);

const API_KEY = 'edge-api-key-0123456789abcdef';
const BYTES = 300_000;

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
