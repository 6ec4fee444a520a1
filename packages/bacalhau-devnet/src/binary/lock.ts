import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { codeOf } from '../errors.js';
import { isJsonObject } from '../json.js';

const POLL_MS = 500;
const REFRESH_MS = 2_000;
const STALE_MS = 30_000;

/**
 * Takes a lock between processes: a file that only one can create, and whose modification time the holder renews. A file
 * that is not renewed, or whose holder on this machine has ended, is taken over, so a crash blocks nobody for long.
 *
 * It only saves work. In cases that no lock file excludes (a machine that slept, two takers at the same moment) two may
 * hold it; then both build, and as results are moved into place by one rename, both are correct.
 *
 * @param onWait called once if another process holds it
 * @returns a function that releases it
 */
export async function takeLock(
  path: string,
  options: { readonly signal?: AbortSignal | undefined; readonly onWait: () => void },
): Promise<() => Promise<void>> {
  await mkdir(dirname(path), { recursive: true });
  const owner = JSON.stringify({ host: hostname(), pid: process.pid, token: randomBytes(8).toString('hex') });
  for (let waited = false; ; waited = true) {
    options.signal?.throwIfAborted();
    try {
      await writeFile(path, owner, { flag: 'wx' });
      break;
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error;
    }
    if (await isAbandoned(path)) {
      await setAside(path);
      continue;
    }
    if (!waited) options.onWait();
    await delay(POLL_MS, undefined, options.signal === undefined ? {} : { signal: options.signal });
  }
  const refresh = setInterval(() => {
    const now = new Date();
    utimes(path, now, now).catch(() => {});
  }, REFRESH_MS);
  refresh.unref();
  return async () => {
    clearInterval(refresh);
    // Unless another process took it over.
    if ((await readFile(path, 'utf8').catch(() => '')) === owner) await rm(path, { force: true });
  };
}

async function isAbandoned(path: string): Promise<boolean> {
  try {
    if (Date.now() - (await stat(path)).mtimeMs > STALE_MS) return true;
    const owner: unknown = JSON.parse(await readFile(path, 'utf8'));
    if (!isJsonObject(owner) || owner['host'] !== hostname() || typeof owner['pid'] !== 'number') return false;
    process.kill(owner['pid'], 0);
    return false;
  } catch (error) {
    // ESRCH: no such process. Anything else (just released, not fully written yet) is checked again.
    return codeOf(error) === 'ESRCH';
  }
}

/** Removes an abandoned lock, by a rename that only one of several takers can make. */
async function setAside(path: string): Promise<void> {
  const aside = `${path}.${randomBytes(4).toString('hex')}`;
  try {
    await rename(path, aside);
    await rm(aside, { force: true });
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
  }
}
