import { UnsupportedByServerError } from '../errors/index.js';
import { isAtLeast } from '../model/index.js';
import type { CallOptions } from './options.js';
import type { Transport } from './transport.js';

/**
 * Checks that the server is recent enough for an operation. `advice` says what to do otherwise.
 *
 * @throws {UnsupportedByServerError} if the server is older than `since`.
 */
export async function requireServer(
  transport: Transport,
  since: string,
  operation: string,
  advice: string,
  options: CallOptions = {},
): Promise<void> {
  const release = await transport.serverRelease(options);
  if (isAtLeast(release, since)) return;
  const version = release === undefined ? 'unknown' : `${release.major}.${release.minor}.${release.patch}`;
  throw new UnsupportedByServerError(`${operation} needs a server from ${since} on; this one is ${version}. ${advice}`);
}
