import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { SourceMap } from 'node:module';
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
const LIMIT_BYTES = 47_000;

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
  /** What the program loaded by where it comes from, in minified bytes before compression. */
  readonly origins: ReadonlyMap<string, number>;
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
    sourcemap: 'external',
    // The link leads into this workspace, whose compiler settings are for its own sources.
    tsconfigRaw: '{}',
  });
  const weights = new Map<string, number>();
  const texts = new Map<string, string>();
  for (const { path, contents, text } of outputFiles) {
    const { href } = pathToFileURL(path);
    texts.set(href, text);
    if (path.endsWith('.map')) continue;
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, contents);
    weights.set(href, gzipSync(contents, { level: 9 }).length);
  }
  const script = join(folder, `bundle-${name}`, 'stdin.mjs');
  const run = [...['--input-type=module', '--eval', LOAD, '--', script], ...args];
  const { stdout } = await promisify(execFile)(process.execPath, run, { cwd: folder });
  const { state, loaded }: { state: string; loaded: string[] } = JSON.parse(stdout);
  if (state !== expected)
    throw new Error(`The bundle with ${name} ended with ${JSON.stringify(state)}, not ${JSON.stringify(expected)}.`);
  const sum = (urls: Iterable<string>): number => [...urls].reduce((total, url) => total + (weights.get(url) ?? 0), 0);
  const scripts = [...new Set(loaded)].filter((url) => weights.has(url));
  const origins = new Map<string, number>();
  for (const url of scripts) countOrigins(texts.get(url) ?? '', texts.get(`${url}.map`) ?? '', origins);
  return { loaded: sum(scripts), all: sum(weights.keys()), origins };
}

/** Adds the characters of a script by the folder or package that they come from. */
function countOrigins(script: string, map: string, counts: Map<string, number>): void {
  const sourceMap = new SourceMap(JSON.parse(map));
  for (const [row, line] of script.split('\n').entries()) {
    for (let column = 0; column < line.length; column += 1) {
      const entry = sourceMap.findEntry(row, column);
      const origin = 'originalSource' in entry ? originOf(entry.originalSource) : 'glue of the bundler';
      counts.set(origin, (counts.get(origin) ?? 0) + 1);
    }
  }
}

/** Returns a folder of the SDK's sources, a package, or a file of the page itself. */
function originOf(source: string): string {
  const [, folder] = /bacalhau-sdk\/src\/([\w-]+)/.exec(source) ?? [];
  if (folder !== undefined) return folder;
  const [, name = 'the page'] = /(bacalhau-apiclient|axios)\//.exec(source) ?? [];
  return name;
}

const table = (origins: ReadonlyMap<string, number>): string[] =>
  [...origins].sort(([, one], [, other]) => other - one).map(([name, size]) => `${String(size).padStart(12)}  ${name}`);

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
        details: ['by folder, in minified bytes before compression:', ...table(sdk.origins)],
      },
    ];
  } finally {
    await devnet.stop();
  }
}

const kilobytes = (bytes: number): string => `${(bytes / 1000).toFixed(1)} kB`;
