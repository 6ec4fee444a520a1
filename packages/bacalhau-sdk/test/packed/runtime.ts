import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const execute = promisify(execFile);

interface Runtime {
  /** The npm package that brings it along. */
  readonly name: string;
  readonly version: string;
  /** The program within the package's folder. */
  readonly program: string;
  /** What the package wants to be run once it is there. */
  readonly setUp?: string;
}

const windows = process.platform === 'win32';

/** The package `node` fetches this one by a script; its own name needs none. */
const node = (version: string): Runtime => {
  const prefix = process.platform === 'darwin' && process.arch === 'arm64' ? 'node-bin' : 'node';
  const name = [prefix, windows ? 'win' : process.platform, process.arch].join('-');
  return { name, version, program: windows ? 'bin/node.exe' : 'bin/node' };
};

/** The oldest Node that the packages support. */
export const OLDEST_NODE = '20.19.0';

const RUNTIMES = {
  'Node 20.19': node(OLDEST_NODE),
  'Node 22': node('22.23.3'),
  'Node 24': node('24.21.0'),
  'Node 26': node('26.10.0'),
  Deno: { name: 'deno', version: '2.9.6', program: windows ? 'deno.exe' : 'deno', setUp: 'install.cjs' },
  Bun: { name: 'bun', version: '1.4.5', program: 'bin/bun.exe', setUp: 'install.js' },
} satisfies Record<string, Runtime>;

export type RuntimeName = keyof typeof RUNTIMES;

/**
 * The program of a runtime, installed by npm into the user's cache if it is not there yet. The folder appears complete or
 * not at all, so a run that is stopped half-way, or two at once, do no harm.
 */
export async function runtime(which: RuntimeName): Promise<string> {
  const { name, version, program, setUp }: Runtime = RUNTIMES[which];
  const cache = join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'bacalhau-typescript', 'runtimes');
  const folder = join(cache, `${name}-${version}`);
  const found = join(folder, 'node_modules', name, program);
  if (existsSync(folder)) return found;
  await mkdir(cache, { recursive: true });
  const unfinished = await mkdtemp(join(cache, 'unfinished-'));
  try {
    await writeFile(join(unfinished, 'package.json'), '{ "private": true }');
    const options = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
    await execute('npm', ['install', ...options, `${name}@${version}`], { cwd: unfinished, shell: windows });
    if (setUp !== undefined) await execute(process.execPath, [setUp], { cwd: join(unfinished, 'node_modules', name) });
    await rename(unfinished, folder).catch((error: unknown) => {
      if (!existsSync(folder)) throw error; // Another run was faster, and its result is as good.
    });
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
  return found;
}
