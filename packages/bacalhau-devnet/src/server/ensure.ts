import { join, resolve } from 'node:path';
import { abortedError, DevnetError } from '../errors.js';
import type { ServerOptions } from '../options.js';
import { buildServer } from './build.js';
import { findOnPath, isExecutable } from './find.js';
import { findGo } from './go.js';
import { buildDir, PINNED_SERVER_VERSION, pinnedRecipe } from './pinned.js';
import { isTooOld, serverVersion } from './version.js';

/** A server binary that is ready to run. */
export interface ServerBinary {
  /** Absolute path. */
  readonly path: string;
  /** The version that it reports, such as `v1.9.3`. */
  readonly version: string;
  /** How it was found. */
  readonly source: 'option' | 'BACALHAU_BIN' | 'PATH' | 'cache' | 'build';
}

/**
 * Finds the Bacalhau server, or builds it, as {@link ServerOptions.server} says. A build takes a few minutes, once; two
 * processes that need it at the same time build it once. Call it in a setup script so that the first test does not
 * wait for it.
 *
 * @throws DevnetError `SERVER_NOT_FOUND`, `SERVER_TOO_OLD`, `SERVER_BUILD_FAILED`, `UNSUPPORTED_PLATFORM`, `ABORTED`
 * @example
 * const { path, version } = await ensureServer({ onProgress: console.error });
 */
export async function ensureServer(options: ServerOptions = {}): Promise<ServerBinary> {
  if (process.platform === 'win32') {
    throw new DevnetError(
      'UNSUPPORTED_PLATFORM',
      "Bacalhau's server does not run on Windows. Use the Windows Subsystem for Linux, or connect to a server elsewhere.",
    );
  }
  const { signal } = options;
  if (signal?.aborted) throw abortedError(signal);
  try {
    const server = await find(options);
    options.onProgress?.(`Using Bacalhau ${server.version} (${server.source}: ${server.path})`);
    return server;
  } catch (error) {
    if (signal?.aborted) throw abortedError(signal);
    throw error;
  }
}

async function find(options: ServerOptions): Promise<ServerBinary> {
  const { server = 'auto', signal, onProgress } = options;
  if (server !== 'auto' && server !== 'pinned') return named(server, 'option', signal);
  if (server === 'auto') {
    const fromEnv = process.env['BACALHAU_BIN'];
    if (fromEnv) return named(fromEnv, 'BACALHAU_BIN', signal);
    const path = await findOnPath('bacalhau');
    if (path !== undefined) {
      const version = await serverVersion(path, signal);
      if (!isTooOld(version)) return { path, version, source: 'PATH' };
      onProgress?.(`${path} is ${version}, which is too old: 1.8 or newer is needed. Trying the next source.`);
    }
  }
  const recipe = await pinnedRecipe(findGo);
  const path = join(buildDir(recipe), 'bacalhau');
  if (await isExecutable(path)) return { path, version: PINNED_SERVER_VERSION, source: 'cache' };
  const built = await buildServer(recipe, path, options);
  return { path, version: PINNED_SERVER_VERSION, source: built ? 'build' : 'cache' };
}

async function named(
  file: string,
  source: 'option' | 'BACALHAU_BIN',
  signal: AbortSignal | undefined,
): Promise<ServerBinary> {
  const path = resolve(file);
  const origin = source === 'option' ? 'the option `server`' : 'the environment variable BACALHAU_BIN';
  if (!(await isExecutable(path))) {
    throw new DevnetError('SERVER_NOT_FOUND', `${path}, named by ${origin}, is no file that can be run`);
  }
  const version = await serverVersion(path, signal);
  if (isTooOld(version)) {
    throw new DevnetError('SERVER_TOO_OLD', `${path}, named by ${origin}, is ${version}; 1.8 or newer is needed`);
  }
  return { path, version, source };
}
