import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { childEnv } from '../environment.js';
import { DevnetError, messageOf } from '../errors.js';
import { isJsonObject, valueAt } from '../json.js';

const PROBE_TIMEOUT_MS = 30_000;

/**
 * Asks a `bacalhau` binary for its version.
 *
 * @throws DevnetError `SERVER_NOT_FOUND` if it does not answer as Bacalhau does
 */
export async function serverVersion(path: string, signal?: AbortSignal): Promise<string> {
  // Even this command creates a data directory; it must not be the user's own.
  const dir = await mkdtemp(join(tmpdir(), 'bacalhau-devnet-version-'));
  try {
    const { stdout } = await promisify(execFile)(path, ['version', '--client', '--output', 'json'], {
      env: childEnv({ without: ['BACALHAU_'], more: { BACALHAU_DIR: dir } }),
      timeout: PROBE_TIMEOUT_MS,
      ...(signal === undefined ? {} : { signal }),
    });
    // Lines about the new data directory may come first.
    const answer: unknown = JSON.parse(stdout.slice(stdout.indexOf('{')));
    const version = isJsonObject(answer) ? valueAt(answer, 'clientVersion', 'GitVersion') : undefined;
    if (typeof version !== 'string') throw new Error(`it printed no version: ${stdout.trim()}`);
    return version;
  } catch (error) {
    signal?.throwIfAborted();
    throw new DevnetError('SERVER_NOT_FOUND', `${path} does not work as a Bacalhau server: ${messageOf(error)}`, {
      cause: error,
    });
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}
