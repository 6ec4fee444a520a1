/** A server's release, for example 1.9.3. */
export interface ServerRelease {
  /** 1 of 1.9.3. */
  readonly major: number;
  /** 9 of 1.9.3. */
  readonly minor: number;
  /** 3 of 1.9.3. */
  readonly patch: number;
}

/**
 * Parses a version such as `v1.9.3`. Returns undefined for development builds (`v0.0.0-xxxxxxx`), which count as the
 * newest.
 */
export function parseRelease(version: string | undefined): ServerRelease | undefined {
  const [, major, minor, patch] = /^v?(\d+)\.(\d+)\.(\d+)/.exec(version ?? '') ?? [];
  const release = { major: Number(major), minor: Number(minor), patch: Number(patch) };
  return major === undefined || (release.major === 0 && release.minor === 0) ? undefined : release;
}

/**
 * Returns whether a server has what came with the release `since`, for example `1.8.0`. An unknown release counts as the
 * newest.
 */
export function isAtLeast(release: ServerRelease | undefined, since: string): boolean {
  const wanted = parseRelease(since);
  if (release === undefined || wanted === undefined) return true;
  const order = release.major - wanted.major || release.minor - wanted.minor || release.patch - wanted.patch;
  return order >= 0;
}
