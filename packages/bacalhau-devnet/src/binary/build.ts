import { randomBytes } from 'node:crypto';
import { mkdir, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { childEnv } from '../environment.js';
import { DevnetError } from '../errors.js';
import { isJsonObject } from '../json.js';
import { readLog, readTail } from '../log-files.js';
import type { ServerOptions } from '../options.js';
import { Supervisor } from '../supervisor/client.js';
import { logFile, temporaryDir } from '../supervisor/protocol.js';
import { isExecutable } from './find.js';
import type { GoCommand } from './go.js';
import { takeLock } from './lock.js';
import { CURRENT_PLATFORM, goPlatform, type Platform } from './platform.js';
import type { ServerRecipe } from './recipe.js';
import { addFiles, copyModule } from './source.js';

const PROGRESS_MS = 5_000;

/** The options of a build. */
export interface BuildOptions extends Pick<ServerOptions, 'signal' | 'onProgress'> {
  /** What to build for. Default: this machine. */
  readonly platform?: Platform;
}

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
  const { onProgress } = options;
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
    const compiler: Compiler = { supervisor, go, recipe, dir, options };
    const { module } = recipe;
    const files = recipe.added === undefined ? module : await withSources(compiler, recipe.added);
    const output = join(dir, 'bacalhau');
    await runGo(compiler, {
      name: 'build',
      args: ['build', '-v', ...recipe.flags, '-o', output, recipe.package],
      files,
      // `go build -v` names each package as it is compiled.
      onLog: (log) => {
        const packages = log.split('\n').filter((line) => /^[\w.]+(\/|$)/.test(line)).length;
        onProgress?.(`Building Bacalhau ${recipe.version}: ${seconds()} s, ${packages} packages compiled`);
      },
    });
    await mkdir(dirname(target), { recursive: true });
    await rename(output, target);
    onProgress?.(`Built Bacalhau ${recipe.version} in ${seconds()} s`);
  } finally {
    await supervisor.stop(false);
  }
}

interface Compiler {
  readonly supervisor: Supervisor;
  readonly go: GoCommand;
  readonly recipe: ServerRecipe;
  readonly dir: string;
  readonly options: BuildOptions;
}

/**
 * Copies the server's own module and adds what it lacks. Go refuses to overlay files in its cache.
 *
 * @returns the files of the module that builds the copy
 */
async function withSources(
  compiler: Compiler,
  added: Readonly<Record<string, string>>,
): Promise<Readonly<Record<string, string>>> {
  const { recipe, dir } = compiler;
  const log = await runGo(compiler, {
    name: 'download',
    // In the recipe's module, whose go.sum it is checked against.
    args: ['mod', 'download', '-json', `${recipe.package}@${recipe.version}`],
    files: recipe.module,
  });
  const answer: unknown = JSON.parse(log.slice(log.indexOf('{'), log.lastIndexOf('}') + 1));
  const folder = isJsonObject(answer) ? answer['Dir'] : undefined;
  if (typeof folder !== 'string') throw new Error(`go mod download printed no directory: ${log}`);
  const copy = join(dir, 'sources');
  await copyModule(folder, copy);
  await addFiles(copy, added);
  return {
    ...recipe.module,
    'go.mod': `${recipe.module['go.mod']}\nreplace ${recipe.package} => ${JSON.stringify(copy)}\n`,
  };
}

/** Runs one command of Go in the module, until it ends. @returns its output */
async function runGo(
  { supervisor, go, recipe, dir, options: { signal, platform = CURRENT_PLATFORM } }: Compiler,
  step: {
    readonly name: string;
    readonly args: readonly string[];
    readonly files: Readonly<Record<string, string>>;
    readonly onLog?: (log: string) => void;
  },
): Promise<string> {
  const started = await supervisor.spawn({
    name: step.name,
    command: go.path,
    args: step.args,
    cwd: join(dir, 'module'),
    endsLast: false,
    env: childEnv({
      // Whatever the shell's settings.
      without: ['GOOS', 'GOARCH', 'GOWORK', 'GOFLAGS'],
      more: { ...goPlatform(platform), GOWORK: 'off', GOTMPDIR: temporaryDir(dir), CGO_ENABLED: '0', ...go.env },
    }),
    files: Object.entries(step.files).map(([name, text]) => ({ path: join(dir, 'module', name), text })),
  });
  const log = logFile(dir, step.name);
  const watch = new AbortController();
  const progress = (async () => {
    while (!watch.signal.aborted) {
      await delay(PROGRESS_MS, undefined, { signal: watch.signal }).catch(() => {});
      if (!watch.signal.aborted) step.onLog?.(await readLog(log));
    }
  })();
  const onAbort = () => void supervisor.end(started);
  signal?.addEventListener('abort', onAbort, { once: true });
  if (signal?.aborted) onAbort();
  const exit = await started.ended;
  signal?.removeEventListener('abort', onAbort);
  watch.abort();
  await progress;
  signal?.throwIfAborted();
  if (exit.code === 0) return readLog(log);
  throw new DevnetError(
    'SERVER_BUILD_FAILED',
    `The build of Bacalhau ${recipe.version} with ${go.path} ended with ${exit.signal ?? `exit code ${exit.code}`}. ` +
      'It needs access to the Go module proxy (or GOPROXY). Without it, give the path of a server as the option ' +
      '`server` or as BACALHAU_BIN.',
    { logs: [{ name: step.name, path: log, tail: await readTail(log) }] },
  );
}
