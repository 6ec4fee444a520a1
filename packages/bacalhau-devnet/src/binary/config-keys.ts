import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { childEnv } from '../environment.js';
import { abortedError } from '../errors.js';
import { isJsonObject, parseJson } from '../json.js';

const PROBE_TIMEOUT_MS = 30_000;
const MAX_OUTPUT_BYTES = 16 * 1024 * 1024;

/**
 * Asks a `bacalhau` binary, 1.4 or later, for the keys of its configuration, such as `API.TLS.SelfSigned`. It takes a
 * tenth of a second.
 *
 * @returns undefined if it does not answer as Bacalhau does
 * @throws DevnetError `ABORTED`
 */
export async function configKeys(path: string, signal?: AbortSignal): Promise<readonly string[] | undefined> {
  // It creates a data directory; it must not be the user's own.
  const dir = await mkdtemp(join(tmpdir(), 'bacalhau-devnet-config-'));
  try {
    const { stdout } = await promisify(execFile)(path, ['config', 'list', '--output', 'json'], {
      env: childEnv({ without: ['BACALHAU_'], more: { BACALHAU_DIR: dir } }),
      timeout: PROBE_TIMEOUT_MS,
      maxBuffer: MAX_OUTPUT_BYTES,
      ...(signal === undefined ? {} : { signal }),
    });
    const rows = parseJson(stdout);
    if (!Array.isArray(rows)) return undefined;
    return rows.flatMap((row: unknown) => (isJsonObject(row) && typeof row['Key'] === 'string' ? [row['Key']] : []));
  } catch {
    if (signal?.aborted) throw abortedError(signal);
    // A binary that cannot even list them fails at its start, with its own message.
    return undefined;
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}
