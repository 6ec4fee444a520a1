import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { startDevnet } from 'bacalhau-devnet';
import { build } from 'esbuild';
import { wasmHello } from '../quickstart/hello-jobs.ts';
import type { Figure } from './figure.ts';
import type { Project } from './project.ts';

/** How much a page that submits a job and waits for it may load besides axios, in gzipped bytes. */
const LIMIT_BYTES = 40_000;

const PROGRAMS = {
  axios: `import axios from 'axios';
    globalThis.state = (async () => (await axios.get(globalThis.baseUrl + '/api/v1/agent/alive')).data.Status)();`,
  sdk: `import { Bacalhau } from 'bacalhau-sdk';
    globalThis.state = (async () => {
      const bacalhau = new Bacalhau({ baseUrl: globalThis.baseUrl });
      const job = await bacalhau.jobs.submit(JSON.parse(globalThis.job));
      return (await job.wait()).State?.StateType;
    })();`,
};

/** Runs a page's script and prints which files it loaded: a chunk that is not loaded costs nothing. */
const LOAD = `
  import { registerHooks } from 'node:module';
  const [, script, baseUrl, job] = process.argv;
  const loaded = [];
  registerHooks({ load: (url, context, next) => (loaded.push(url), next(url, context)) });
  Object.assign(globalThis, { baseUrl, job });
  const { href } = (await import('node:url')).pathToFileURL(script);
  await import(href);
  console.log(JSON.stringify({ state: await globalThis.state, loaded }));`;

interface Weight {
  /** The gzipped size of what the program loaded. */
  readonly loaded: number;
  /** The gzipped size of everything that it could load. */
  readonly all: number;
}

async function weigh(
  folder: string,
  name: keyof typeof PROGRAMS,
  expected: string,
  args: readonly string[],
): Promise<Weight> {
  const { outputFiles } = await build({
    stdin: { contents: PROGRAMS[name], resolveDir: folder },
    ...{ bundle: true, splitting: true, minify: true, platform: 'browser', format: 'esm', target: 'es2022' },
    ...{ outdir: join(folder, `bundle-${name}`), outExtension: { '.js': '.mjs' }, logLevel: 'silent', write: false },
    // The link leads into this workspace, whose compiler settings are for its own sources.
    tsconfigRaw: '{}',
  });
  const weights = new Map<string, number>();
  for (const { path, contents } of outputFiles) {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, contents);
    weights.set(pathToFileURL(path).href, gzipSync(contents, { level: 9 }).length);
  }
  const script = join(folder, `bundle-${name}`, 'stdin.mjs');
  const run = [...['--input-type=module', '--eval', LOAD, '--', script], ...args];
  const { stdout } = await promisify(execFile)(process.execPath, run, { cwd: folder });
  const { state, loaded }: { state: string; loaded: string[] } = JSON.parse(stdout);
  if (state !== expected)
    throw new Error(`The bundle with ${name} ended with ${JSON.stringify(state)}, not ${JSON.stringify(expected)}.`);
  const sum = (urls: Iterable<string>): number => [...urls].reduce((total, url) => total + (weights.get(url) ?? 0), 0);
  return { loaded: sum(new Set(loaded)), all: sum(weights.keys()) };
}

/** Measures what a page loads to submit a job and wait for its end, with chunks as bundlers make them, by running it. */
export async function bundleFigures({ folder }: Project): Promise<readonly Figure[]> {
  const devnet = await startDevnet({ server: 'pinned' });
  try {
    const spec = await wasmHello(undefined);
    const job = 'toJob' in spec ? await spec.toJob({ serverRelease: undefined }) : spec;
    const args = [devnet.url, JSON.stringify(job)];
    const axios = await weigh(folder, 'axios', 'OK', args);
    const sdk = await weigh(folder, 'sdk', 'Completed', args);
    const more = sdk.loaded - axios.loaded;
    return [
      {
        about: 'page that submits and waits, gzipped',
        sdk: kilobytes(sdk.loaded),
        axios: kilobytes(axios.loaded),
        verdict: `axios + ${kilobytes(more)}, at most ${kilobytes(LIMIT_BYTES)} (${kilobytes(sdk.all - sdk.loaded)} more are loaded when used)`,
        within: more <= LIMIT_BYTES,
      },
    ];
  } finally {
    await devnet.stop();
  }
}

const kilobytes = (bytes: number): string => `${(bytes / 1000).toFixed(1)} kB`;
