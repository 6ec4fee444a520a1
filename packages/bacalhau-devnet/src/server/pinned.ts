import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { packageFile } from '../package-files.js';

/** The server version that this package is made and tested with, and builds when none is found. */
export const PINNED_SERVER_VERSION = 'v1.9.3';

/** The Go package that is the server. */
export const SERVER_PACKAGE = 'github.com/bacalhau-project/bacalhau';

/** Everything between `go build` and the package, apart from the output file. */
export const BUILD_FLAGS: readonly string[] = [
  '-mod=mod',
  '-trimpath',
  '-ldflags',
  `-s -w -X ${SERVER_PACKAGE}/pkg/version.GITVERSION=${PINNED_SERVER_VERSION}`,
];

/** The Go module that pins the server and all it is made of. */
export interface PinnedModule {
  readonly goMod: string;
  readonly goSum: string;
}

export async function pinnedModule(): Promise<PinnedModule> {
  return {
    goMod: await readFile(packageFile('server/go.mod'), 'utf8'),
    goSum: await readFile(packageFile('server/go.sum'), 'utf8'),
  };
}

/** Where this user's builds are kept, by the customs of each system. */
export function cacheRoot(): string {
  const xdg = process.env['XDG_CACHE_HOME'];
  const base = xdg
    ? xdg
    : process.platform === 'darwin'
      ? join(homedir(), 'Library', 'Caches')
      : join(homedir(), '.cache');
  return join(base, 'bacalhau-devnet');
}

/** The folder of one build: another version, other dependencies, flags or platform make another folder. */
export function buildDir({ goMod, goSum }: PinnedModule): string {
  const inputs = JSON.stringify([goMod, goSum, BUILD_FLAGS]);
  const hash = createHash('sha256').update(inputs).digest('hex').slice(0, 12);
  return join(cacheRoot(), `${PINNED_SERVER_VERSION}-${hash}-${process.platform}-${process.arch}`);
}
