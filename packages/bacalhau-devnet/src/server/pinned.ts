import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { packageFile } from '../package-files.js';

/** The server version that this package is made and tested with, and builds when none is found. */
export const PINNED_SERVER_VERSION = 'v1.9.3';

const SERVER_PACKAGE = 'github.com/bacalhau-project/bacalhau';

/** The recipe for building a server. */
export interface ServerRecipe {
  /** Such as `v1.9.3`. */
  readonly version: string;
  /** The server's Go package. */
  readonly package: string;
  /** Everything between `go build` and the package, apart from the output file. */
  readonly flags: readonly string[];
  /** The Go module that pins the server and its dependencies: its files by name. */
  readonly module: Readonly<Record<string, string>>;
  /** Finds a Go that can build this server. @throws DevnetError `SERVER_NOT_FOUND` */
  readonly findGo: () => Promise<GoCommand>;
  /** What to do where it cannot be built. */
  readonly withoutProxy: string;
}

/** A Go that can build a server. */
export interface GoCommand {
  readonly path: string;
  /** The environment variables that it needs. */
  readonly env: Readonly<Record<string, string>>;
}

/** The recipe of the version that this package pins. */
export async function pinnedRecipe(findGo: ServerRecipe['findGo']): Promise<ServerRecipe> {
  return {
    version: PINNED_SERVER_VERSION,
    package: SERVER_PACKAGE,
    flags: [
      '-mod=mod',
      '-trimpath',
      '-ldflags',
      `-s -w -X ${SERVER_PACKAGE}/pkg/version.GITVERSION=${PINNED_SERVER_VERSION}`,
    ],
    module: await moduleFiles('server', ['go.mod', 'go.sum']),
    findGo,
    withoutProxy: 'put a `bacalhau` of 1.8 or newer on the PATH, or set BACALHAU_BIN to the path of one.',
  };
}

/** Reads files of a Go module in a folder of this package, by name. */
export async function moduleFiles(folder: string, names: readonly string[]): Promise<Record<string, string>> {
  const files = names.map(async (name) => [name, await readFile(packageFile(`${folder}/${name}`), 'utf8')] as const);
  return Object.fromEntries(await Promise.all(files));
}

/** The folder for this user's builds, by the conventions of each system. */
function cacheRoot(): string {
  const xdg = process.env['XDG_CACHE_HOME'];
  const base = xdg
    ? xdg
    : process.platform === 'darwin'
      ? join(homedir(), 'Library', 'Caches')
      : join(homedir(), '.cache');
  return join(base, 'bacalhau-devnet');
}

/** The folder of one build: each version, set of dependencies, flags and platform has its own. */
export function buildDir({ version, module, flags }: ServerRecipe): string {
  const inputs = JSON.stringify([...Object.values(module), flags]);
  const hash = createHash('sha256').update(inputs).digest('hex').slice(0, 12);
  return join(cacheRoot(), `${version}-${hash}-${process.platform}-${process.arch}`);
}
