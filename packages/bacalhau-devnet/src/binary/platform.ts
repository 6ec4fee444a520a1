/** What a server is built for, in the words of Node. */
export interface Platform {
  readonly os: string;
  readonly arch: string;
}

export const CURRENT_PLATFORM: Platform = { os: process.platform, arch: process.arch };

/** The platforms that have a package with a server. */
export const PACKAGED_PLATFORMS: readonly Platform[] = ['linux', 'darwin'].flatMap((os) =>
  ['x64', 'arm64'].map((arch) => ({ os, arch })),
);

/** Whether a platform has a package with a server. */
export const isPackaged = ({ os, arch }: Platform): boolean =>
  PACKAGED_PLATFORMS.some((platform) => platform.os === os && platform.arch === arch);

/** The name of the package with the server of a platform. */
export const platformPackage = ({ os, arch }: Platform): string => `bacalhau-devnet-${os}-${arch}`;

/** Tells Go what to build for. */
export const goPlatform = ({ os, arch }: Platform): { readonly GOOS: string; readonly GOARCH: string } => ({
  GOOS: os,
  GOARCH: arch === 'x64' ? 'amd64' : arch,
});
