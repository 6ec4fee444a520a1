/** The server versions that this package can build and start. */
export const SERVER_VERSIONS = ['0.3.16', '1.4.0', '1.6.0', '1.9.3'] as const;

/** One of {@link SERVER_VERSIONS}. */
export type ServerVersion = (typeof SERVER_VERSIONS)[number];

/** The server version that this package builds when none is found. */
export const PINNED_SERVER_VERSION = 'v1.9.3';

/** Returns the parts of a version that are compared: `[1, 9, 3]`; undefined for a build without a version stamp. */
export function versionNumbers(version: string): readonly number[] | undefined {
  const [, ...parts] = /^v?(\d+)\.(\d+)(?:\.(\d+))?/.exec(version) ?? [];
  if (parts.length === 0 || version.startsWith('v0.0.0')) return undefined;
  return parts.map((part) => Number(part ?? 0));
}

/** Whether a version is older than another one. */
export function isOlder(version: readonly number[], other: readonly number[]): boolean {
  for (let index = 0; index < 3; index++) {
    const difference = (version[index] ?? 0) - (other[index] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}
