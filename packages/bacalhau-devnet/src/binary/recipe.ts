import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { packageFile } from '../package-files.js';
import type { ServerKind, ServerSource } from '../servers/kind.js';
import { CURRENT_PLATFORM, type Platform } from './platform.js';

/** The recipe for building a server. */
export interface ServerRecipe extends Pick<ServerSource, 'package' | 'added' | 'findGo'> {
  /** Such as `v1.9.3`. */
  readonly version: string;
  /** Everything between `go build` and the package, apart from the output file. */
  readonly flags: readonly string[];
  /** The Go module that pins the server and its dependencies: its files by name. */
  readonly module: Readonly<Record<string, string>>;
}

/** Reads the recipe of a server. */
export async function serverRecipe({ version: number, source }: ServerKind): Promise<ServerRecipe> {
  const version = `v${number}`;
  const files = source.files.map(
    async (name) => [name, await readFile(packageFile(`${source.folder}/${name}`), 'utf8')] as const,
  );
  return {
    ...source,
    version,
    // The version is stamped as in the released binaries: clients recognize the server by it.
    flags: ['-mod=mod', '-trimpath', '-ldflags', `-s -w -X ${source.package}/pkg/version.GITVERSION=${version}`],
    module: Object.fromEntries(await Promise.all(files)),
  };
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

/** Names what a recipe makes: each version, set of dependencies and flags has its own name. */
export function buildName({ version, module, flags, added }: ServerRecipe): string {
  const inputs = JSON.stringify([...Object.values(module), flags, ...(added === undefined ? [] : [added])]);
  return `${version}-${createHash('sha256').update(inputs).digest('hex').slice(0, 12)}`;
}

/** The file of one build in the cache. */
export function buildFile(recipe: ServerRecipe, { os, arch }: Platform = CURRENT_PLATFORM): string {
  return join(cacheRoot(), `${buildName(recipe)}-${os}-${arch}`, 'bacalhau');
}
