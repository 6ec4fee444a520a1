import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, rename } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { childEnv } from '../environment.js';
import { DevnetError, messageOf } from '../errors.js';
import { readLog, readTail } from '../log-files.js';
import type { ServerOptions } from '../options.js';
import { Supervisor } from '../supervisor/client.js';
import { logFile, temporaryDir } from '../supervisor/protocol.js';
import { findOnPath, isExecutable } from './find.js';
import { takeLock } from './lock.js';
import { BUILD_FLAGS, PINNED_SERVER_VERSION, type PinnedModule, SERVER_PACKAGE } from './pinned.js';

const OLDEST_GO_MINOR = 21;
const PROGRESS_MS = 5_000;
const WAYS_OUT =
  'Either install Go 1.21 or newer, so that the server can be built (a few minutes, once); ' +
  'or put a `bacalhau` of 1.8 or newer on the PATH; or set BACALHAU_BIN to the path of one.';

/**
 * Builds the pinned server and puts it in place.
 *
 * @returns false when another process had put it there meanwhile
 * @throws DevnetError `SERVER_NOT_FOUND` without Go, `SERVER_BUILD_FAILED`
 */
export async function buildPinned(module: PinnedModule, target: string, options: ServerOptions): Promise<boolean> {
  const { signal, onProgress } = options;
  // Before the lock: without Go there is nothing to wait for.
  const go = await findGo();
  const unlock = await takeLock(`${dirname(target)}.lock`, {
    signal,
    onWait: () => onProgress?.('Another process is building the Bacalhau server; waiting for it'),
  });
  try {
    if (await isExecutable(target)) return false;
    await build(go, module, target, options);
    return true;
  } finally {
    await unlock();
  }
}

async function build(go: string, module: PinnedModule, target: string, options: ServerOptions): Promise<void> {
  const { signal, onProgress } = options;
  // In the cache, since a rename into place must not cross file systems.
  const dir = join(dirname(dirname(target)), `building-${randomBytes(5).toString('hex')}`);
  await mkdir(dirname(dir), { recursive: true });
  const supervisor = await Supervisor.launch({
    dir,
    logDir: dir,
    keepLogs: false,
    graceMs: 5_000,
    executors: [],
    dockerEnv: {},
  });
  try {
    const started = Date.now();
    const seconds = () => Math.round((Date.now() - started) / 1000);
    onProgress?.(`Building Bacalhau ${PINNED_SERVER_VERSION} with ${go}: a few minutes, once`);
    const output = join(dir, 'bacalhau');
    const compiler = await supervisor.spawn({
      name: 'build',
      command: go,
      args: ['build', '-v', ...BUILD_FLAGS, '-o', output, SERVER_PACKAGE],
      cwd: join(dir, 'module'),
      endsLast: false,
      env: childEnv({
        // A build for this machine, whatever the shell is set up for.
        without: ['GOOS', 'GOARCH', 'GOWORK', 'GOFLAGS'],
        more: { GOWORK: 'off', GOTMPDIR: temporaryDir(dir), CGO_ENABLED: '0' },
      }),
      files: [
        { path: join(dir, 'module', 'go.mod'), text: module.goMod },
        { path: join(dir, 'module', 'go.sum'), text: module.goSum },
      ],
    });
    const log = logFile(dir, 'build');
    const watch = new AbortController();
    const progress = (async () => {
      while (!watch.signal.aborted) {
        await delay(PROGRESS_MS, undefined, { signal: watch.signal }).catch(() => {});
        if (watch.signal.aborted) return;
        // `go build -v` names each package as it is compiled.
        const packages = (await readLog(log)).split('\n').filter((line) => /^[\w.]+(\/|$)/.test(line)).length;
        onProgress?.(`Building Bacalhau ${PINNED_SERVER_VERSION}: ${seconds()} s, ${packages} packages compiled`);
      }
    })();
    const onAbort = () => void supervisor.end(compiler);
    signal?.addEventListener('abort', onAbort, { once: true });
    if (signal?.aborted) onAbort();
    const exit = await compiler.ended;
    signal?.removeEventListener('abort', onAbort);
    watch.abort();
    await progress;
    signal?.throwIfAborted();
    if (exit.code !== 0) {
      const tail = await readTail(log);
      throw new DevnetError(
        'SERVER_BUILD_FAILED',
        `The build of Bacalhau ${PINNED_SERVER_VERSION} with ${go} ended with ${exit.signal ?? `exit code ${exit.code}`}. ` +
          'It needs the Go module proxy (or GOPROXY) within reach. Without it: put a `bacalhau` of 1.8 or newer on the PATH, or set BACALHAU_BIN to the path of one.',
        { logs: [{ name: 'build', path: log, tail }] },
      );
    }
    await mkdir(dirname(target), { recursive: true });
    await rename(output, target);
    onProgress?.(`Built Bacalhau ${PINNED_SERVER_VERSION} in ${seconds()} s`);
  } finally {
    await supervisor.stop(false);
  }
}

async function findGo(): Promise<string> {
  const go = await findOnPath('go');
  if (go === undefined) {
    throw new DevnetError('SERVER_NOT_FOUND', `There is no Bacalhau server on this machine, and no Go. ${WAYS_OUT}`);
  }
  let version: string;
  try {
    // Outside any Go module, which could ask for another version.
    ({ stdout: version } = await promisify(execFile)(go, ['version'], { cwd: tmpdir() }));
  } catch (error) {
    throw new DevnetError('SERVER_NOT_FOUND', `${go} does not work: ${messageOf(error)}. ${WAYS_OUT}`, {
      cause: error,
    });
  }
  const [, minor] = /go1\.(\d+)/.exec(version) ?? [];
  if (minor !== undefined && Number(minor) < OLDEST_GO_MINOR) {
    throw new DevnetError('SERVER_NOT_FOUND', `${go} is too old (${version.trim()}). ${WAYS_OUT}`);
  }
  return go;
}
