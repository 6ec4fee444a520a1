import { randomBytes } from 'node:crypto';
import { mkdir, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { childEnv } from '../environment.js';
import { DevnetError } from '../errors.js';
import { readLog, readTail } from '../log-files.js';
import type { ServerOptions } from '../options.js';
import { Supervisor } from '../supervisor/client.js';
import { logFile, temporaryDir } from '../supervisor/protocol.js';
import { isExecutable } from './find.js';
import { takeLock } from './lock.js';
import type { GoCommand, ServerRecipe } from './pinned.js';

const PROGRESS_MS = 5_000;

/** The options of a build. */
export type BuildOptions = Pick<ServerOptions, 'signal' | 'onProgress'>;

/**
 * Builds a server and moves it into place.
 *
 * @returns false if another process has built it in the meantime
 * @throws DevnetError `SERVER_NOT_FOUND` without Go, `SERVER_BUILD_FAILED`
 */
export async function buildServer(recipe: ServerRecipe, target: string, options: BuildOptions): Promise<boolean> {
  const { signal, onProgress } = options;
  // Before the lock, which is of no use without Go.
  const go = await recipe.findGo();
  const unlock = await takeLock(`${dirname(target)}.lock`, {
    signal,
    onWait: () => onProgress?.('Another process is building the Bacalhau server; waiting for it'),
  });
  try {
    if (await isExecutable(target)) return false;
    await build(go, recipe, target, options);
    return true;
  } finally {
    await unlock();
  }
}

async function build(go: GoCommand, recipe: ServerRecipe, target: string, options: BuildOptions): Promise<void> {
  const { signal, onProgress } = options;
  // In the cache folder, because a rename cannot cross file systems.
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
    onProgress?.(`Building Bacalhau ${recipe.version} with ${go.path}: a few minutes, once`);
    const output = join(dir, 'bacalhau');
    const compiler = await supervisor.spawn({
      name: 'build',
      command: go.path,
      args: ['build', '-v', ...recipe.flags, '-o', output, recipe.package],
      cwd: join(dir, 'module'),
      endsLast: false,
      env: childEnv({
        // For this machine, whatever the shell's settings.
        without: ['GOOS', 'GOARCH', 'GOWORK', 'GOFLAGS'],
        more: { GOWORK: 'off', GOTMPDIR: temporaryDir(dir), CGO_ENABLED: '0', ...go.env },
      }),
      files: Object.entries(recipe.module).map(([name, text]) => ({ path: join(dir, 'module', name), text })),
    });
    const log = logFile(dir, 'build');
    const watch = new AbortController();
    const progress = (async () => {
      while (!watch.signal.aborted) {
        await delay(PROGRESS_MS, undefined, { signal: watch.signal }).catch(() => {});
        if (watch.signal.aborted) return;
        // `go build -v` names each package as it is compiled.
        const packages = (await readLog(log)).split('\n').filter((line) => /^[\w.]+(\/|$)/.test(line)).length;
        onProgress?.(`Building Bacalhau ${recipe.version}: ${seconds()} s, ${packages} packages compiled`);
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
        `The build of Bacalhau ${recipe.version} with ${go.path} ended with ${exit.signal ?? `exit code ${exit.code}`}. ` +
          'It needs access to the Go module proxy (or GOPROXY). Without it: ' +
          recipe.withoutProxy,
        { logs: [{ name: 'build', path: log, tail }] },
      );
    }
    await mkdir(dirname(target), { recursive: true });
    await rename(output, target);
    onProgress?.(`Built Bacalhau ${recipe.version} in ${seconds()} s`);
  } finally {
    await supervisor.stop(false);
  }
}
