/** What makes the packages with a server (scripts/platforms). Not part of this package. */
import { PINNED_KIND } from '../servers/table.js';
import { type BuildOptions, buildServer } from './build.js';
import { isExecutable } from './find.js';
import { goPlatform, PACKAGED_PLATFORMS, platformPackage } from './platform.js';
import { buildFile, buildName, serverRecipe } from './recipe.js';

/** The server of a platform, and how it was made. */
export interface PlatformServer {
  /** The name of the package that it is for. */
  readonly packageName: string;
  /** The binary, in this user's cache. */
  readonly path: string;
  /** The version of the server. */
  readonly version: string;
  /** Names the recipe. */
  readonly recipe: string;
  /** The Go package that was built. */
  readonly source: string;
  /** The files of the module that pins it. */
  readonly module: Readonly<Record<string, string>>;
  /** The program of Go, and what tells it the platform. */
  readonly go: { readonly path: string; readonly env: Readonly<Record<string, string>> };
}

/**
 * Takes the pinned server for a platform, such as `linux-arm64`, from the cache, or builds it on this machine.
 *
 * @throws DevnetError `SERVER_NOT_FOUND` without Go, `SERVER_BUILD_FAILED`
 */
export async function serverForPlatform(
  name: string,
  options: Omit<BuildOptions, 'platform'> = {},
): Promise<PlatformServer> {
  const platform = PACKAGED_PLATFORMS.find(({ os, arch }) => `${os}-${arch}` === name);
  if (platform === undefined) throw new Error(`There is no package for the platform ${name}`);
  const recipe = await serverRecipe(PINNED_KIND);
  const go = await recipe.findGo();
  const path = buildFile(recipe, platform);
  if (!(await isExecutable(path))) await buildServer(recipe, path, { ...options, platform });
  return {
    packageName: platformPackage(platform),
    path,
    version: recipe.version,
    recipe: buildName(recipe),
    source: recipe.package,
    module: recipe.module,
    go: { path: go.path, env: { ...goPlatform(platform), GOWORK: 'off', GOFLAGS: '', CGO_ENABLED: '0', ...go.env } },
  };
}
