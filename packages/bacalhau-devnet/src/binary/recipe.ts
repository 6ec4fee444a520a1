import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { packageFile } from '../package-files.js';
import type { ServerKind, ServerSource } from '../servers/kind.js';

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

/** The folder of one build: each version, set of dependencies, flags and platform has its own. */
export function buildDir({ version, module, flags, added }: ServerRecipe): string {
  const inputs = JSON.stringify([...Object.values(module), flags, ...(added === undefined ? [] : [added])]);
  const hash = createHash('sha256').update(inputs).digest('hex').slice(0, 12);
  return join(cacheRoot(), `${version}-${hash}-${process.platform}-${process.arch}`);
}
