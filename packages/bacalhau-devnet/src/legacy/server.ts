import { join, resolve } from 'node:path';
import { abortedError, DevnetError } from '../errors.js';
import { buildServer } from '../server/build.js';
import type { ServerBinary } from '../server/ensure.js';
import { isExecutable } from '../server/find.js';
import { findLegacyGo } from '../server/go.js';
import { buildDir, moduleFiles, type ServerRecipe } from '../server/pinned.js';
import { namespaceCommand } from './namespace.js';
import type { LegacyServerOptions } from './options.js';

/** The last version that has all six calls of the legacy API at its root; the one that the legacy devnet runs. */
export const LEGACY_SERVER_VERSION = 'v0.3.16';

const LEGACY_PACKAGE = 'github.com/filecoin-project/bacalhau';

/**
 * Finds the legacy server in this user's cache, or builds it into the cache (a few minutes, once). Linux only.
 *
 * @throws DevnetError `UNSUPPORTED_PLATFORM`, `NAMESPACE_UNAVAILABLE`, `SERVER_NOT_FOUND` without Go, `SERVER_BUILD_FAILED`, `ABORTED`
 * @example
 * const { path } = await ensureLegacyServer({ onProgress: console.error });
 */
export async function ensureLegacyServer(options: LegacyServerOptions = {}): Promise<ServerBinary> {
  if (process.platform !== 'linux') {
    throw new DevnetError(
      'UNSUPPORTED_PLATFORM',
      'The legacy devnet needs the network namespaces of Linux, because its server listens on all addresses.',
    );
  }
  const { server, signal, onProgress } = options;
  if (signal?.aborted) throw abortedError(signal);
  if (server !== undefined) return named(server);
  // Before a build of several minutes, which is of no use where the server cannot be started.
  await namespaceCommand();
  const recipe = await legacyRecipe();
  const path = join(buildDir(recipe), 'bacalhau');
  try {
    const cached = (await isExecutable(path)) || !(await buildServer(recipe, path, options));
    const source = cached ? 'cache' : 'build';
    onProgress?.(`Using Bacalhau ${LEGACY_SERVER_VERSION} (${source}: ${path})`);
    return { path, version: LEGACY_SERVER_VERSION, source };
  } catch (error) {
    if (signal?.aborted) throw abortedError(signal);
    throw error;
  }
}

async function named(file: string): Promise<ServerBinary> {
  const path = resolve(file);
  if (!(await isExecutable(path))) {
    throw new DevnetError('SERVER_NOT_FOUND', `${path}, named by the option \`server\`, is not an executable file`);
  }
  return { path, version: LEGACY_SERVER_VERSION, source: 'option' };
}

async function legacyRecipe(): Promise<ServerRecipe> {
  return {
    version: LEGACY_SERVER_VERSION,
    package: LEGACY_PACKAGE,
    flags: [
      '-mod=mod',
      '-trimpath',
      '-ldflags',
      // As in the released binaries: clients recognize the server by it.
      `-s -w -X ${LEGACY_PACKAGE}/pkg/version.GITVERSION=${LEGACY_SERVER_VERSION}`,
    ],
    module: await moduleFiles('server-legacy', ['go.mod', 'go.sum', 'tools.go']),
    findGo: findLegacyGo,
    withoutProxy: `give the path of a Bacalhau ${LEGACY_SERVER_VERSION} as the option \`server\`.`,
  };
}
