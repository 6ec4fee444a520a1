import { resolve } from 'node:path';
import { abortedError, DevnetError } from '../errors.js';
import { namespaceTools } from '../namespace/tools.js';
import type { ServerOptions } from '../options.js';
import type { ServerKind } from '../servers/kind.js';
import { kindOfBinary, namedKind, PINNED_KIND, startableVersions } from '../servers/table.js';
import { buildServer } from './build.js';
import { findOnPath, isExecutable } from './find.js';
import { packagedServer } from './packaged.js';
import { buildFile, serverRecipe } from './recipe.js';
import { serverVersion } from './version.js';

/** A server binary that is ready to run. */
export interface ServerBinary {
  /** Absolute path. */
  readonly path: string;
  /** The version that it reports, such as `v1.9.3`. */
  readonly version: string;
  /** How it was found. */
  readonly source: 'option' | 'BACALHAU_BIN' | 'PATH' | 'package' | 'cache' | 'build';
}

/**
 * Finds a Bacalhau server, or builds it, as {@link ServerOptions.server} says. A build takes a few minutes, once; two
 * processes that need it at the same time build it once. Call it in a setup script so that the first test does not
 * wait for it.
 *
 * @throws DevnetError `INVALID_OPTIONS` for an unknown version, `SERVER_NOT_FOUND`, `SERVER_UNSUPPORTED`,
 *   `SERVER_BUILD_FAILED`, `UNSUPPORTED_PLATFORM`, `NAMESPACE_UNAVAILABLE`, `ABORTED`
 * @example
 * const { path, version } = await ensureServer({ server: '1.6.0', onProgress: console.error });
 */
export async function ensureServer(options: ServerOptions = {}): Promise<ServerBinary> {
  return (await findServer(options)).binary;
}

/** A server binary, and how it is started. */
export interface FoundServer {
  readonly binary: ServerBinary;
  readonly kind: ServerKind;
}

/**
 * Does the same as {@link ensureServer}.
 *
 * @param check called as soon as it is known which kind of server it will be, before a build of several minutes
 */
export async function findServer(
  options: ServerOptions,
  check: (kind: ServerKind) => void = () => {},
): Promise<FoundServer> {
  if (process.platform === 'win32') {
    throw new DevnetError(
      'UNSUPPORTED_PLATFORM',
      "Bacalhau's server does not run on Windows. Use the Windows Subsystem for Linux, or connect to a server elsewhere.",
    );
  }
  const { signal } = options;
  if (signal?.aborted) throw abortedError(signal);
  try {
    const found = await find(options, async (kind) => {
      check(kind);
      if (kind.network === 'namespace') await namespaceTools(kind.version);
    });
    const { version, source, path } = found.binary;
    options.onProgress?.(`Using Bacalhau ${version} (${source}: ${path})`);
    return found;
  } catch (error) {
    if (signal?.aborted) throw abortedError(signal);
    throw error;
  }
}

async function find(options: ServerOptions, check: (kind: ServerKind) => Promise<void>): Promise<FoundServer> {
  const { server = 'auto', signal, onProgress } = options;
  if (server !== 'auto' && server !== 'pinned') {
    const kind = namedKind(server);
    return kind === undefined ? named(server, 'option', signal, check) : pinned(kind, options, check);
  }
  if (server === 'auto') {
    const fromEnv = process.env['BACALHAU_BIN'];
    if (fromEnv) return named(fromEnv, 'BACALHAU_BIN', signal, check);
    const path = await findOnPath('bacalhau');
    if (path !== undefined) {
      const version = await serverVersion(path, signal);
      if (kindOfBinary(version) === PINNED_KIND) {
        await check(PINNED_KIND);
        return { binary: { path, version, source: 'PATH' }, kind: PINNED_KIND };
      }
      onProgress?.(`${path} is ${version}, which is too old: 1.8 or newer is needed. Trying the next source.`);
    }
  }
  return pinned(PINNED_KIND, options, check);
}

/** Takes a server of the table from the package for this platform or from the cache, or builds it. */
async function pinned(
  kind: ServerKind,
  options: ServerOptions,
  check: (kind: ServerKind) => Promise<void>,
): Promise<FoundServer> {
  await check(kind);
  const recipe = await serverRecipe(kind);
  const packaged = await packagedServer(recipe);
  if (packaged !== undefined) return { binary: { path: packaged, version: recipe.version, source: 'package' }, kind };
  const path = buildFile(recipe);
  const cached = (await isExecutable(path)) || !(await buildServer(recipe, path, options));
  return { binary: { path, version: recipe.version, source: cached ? 'cache' : 'build' }, kind };
}

async function named(
  file: string,
  source: 'option' | 'BACALHAU_BIN',
  signal: AbortSignal | undefined,
  check: (kind: ServerKind) => Promise<void>,
): Promise<FoundServer> {
  const path = resolve(file);
  const origin = source === 'option' ? 'the option `server`' : 'the environment variable BACALHAU_BIN';
  if (!(await isExecutable(path))) {
    throw new DevnetError('SERVER_NOT_FOUND', `${path}, named by ${origin}, is not an executable file`);
  }
  const version = await serverVersion(path, signal);
  const kind = kindOfBinary(version);
  if (kind === undefined) {
    throw new DevnetError(
      'SERVER_UNSUPPORTED',
      `${path}, named by ${origin}, is ${version}, which cannot be started. Use ${startableVersions()}.`,
    );
  }
  await check(kind);
  return { binary: { path, version, source }, kind };
}
