import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureServer } from 'bacalhau-devnet';
import { Child } from './support/child.js';
import { isAlive } from './support/leftovers.js';
import { testInNamespace } from './support/namespace.js';
import { poll } from './support/poll.js';
import { BUILD_TIMEOUT_MS, pinnedServer, TEST_TIMEOUT_MS } from './support/server.js';

jest.setTimeout(TEST_TIMEOUT_MS);

let server: string;
let dir: string;
afterEach(Child.killAll);
beforeAll(async () => {
  server = await pinnedServer();
}, BUILD_TIMEOUT_MS);
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'devnet-test-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

/** Runs ensureServer in a process of its own and prints its outcome as JSON. */
function ensureInChild(env: Record<string, string | undefined>, option = 'auto'): Child {
  return Child.script(
    `
    import { ensureServer } from 'bacalhau-devnet';
    const onProgress = (message) => console.error(message);
    const outcome = await ensureServer({ server: ${JSON.stringify(option)}, onProgress })
      .catch(({ name, code, message }) => ({ name, code, message }));
    console.log(JSON.stringify(outcome));
    `,
    { ...process.env, BACALHAU_BIN: undefined, XDG_CACHE_HOME: join(dir, 'cache'), PATH: join(dir, 'bin'), ...env },
  );
}

async function outcome(child: Child): Promise<Record<string, string>> {
  await child.ended();
  const result: Record<string, string> = JSON.parse(child.stdout);
  return result;
}

/** Puts a script on the PATH of the children. */
function program(name: string, script: string): string {
  mkdirSync(join(dir, 'bin'), { recursive: true });
  const path = join(dir, 'bin', name);
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
  return path;
}

/**
 * A stand-in for the Go compiler, since the real one takes minutes: it notes that it was called, waits as long as the
 * file `hold` is there, and gives the server that is built already.
 */
function compiler(): void {
  program(
    'go',
    `PATH=/usr/bin:/bin
    case "$1" in
      version) echo "go version go1.26.0 test/test" ;;
      build)
        echo "$$" >> '${dir}/builds'
        echo github.com/bacalhau-project/bacalhau/pkg/a >&2
        while [ -e '${dir}/hold' ]; do sleep 0.05; done
        while [ "$1" != "-o" ]; do shift; done
        cp '${server}' "$2" ;;
    esac`,
  );
}

const builds = () => {
  try {
    return readFileSync(join(dir, 'builds'), 'utf8').trim().split('\n');
  } catch {
    return [];
  }
};
const cached = () => readdirSync(join(dir, 'cache', 'bacalhau-devnet'));

describe('ensureServer finds', () => {
  test('the pinned version in the cache', async () => {
    expect(await ensureServer({ server: 'pinned' })).toEqual({ path: server, version: 'v1.9.3', source: 'cache' });
  });

  test('a given path', async () => {
    expect(await ensureServer({ server })).toEqual({ path: server, version: 'v1.9.3', source: 'option' });
  });

  test('BACALHAU_BIN before the PATH', async () => {
    program('bacalhau', 'exit 1');
    expect(await outcome(ensureInChild({ BACALHAU_BIN: server }))).toMatchObject({
      path: server,
      source: 'BACALHAU_BIN',
    });
  });

  test('bacalhau on the PATH', async () => {
    const path = program('bacalhau', `exec '${server}' "$@"`);
    const child = ensureInChild({});
    expect(await outcome(child)).toEqual({ path, version: 'v1.9.3', source: 'PATH' });
    expect(child.stderr).toContain(`Using Bacalhau v1.9.3 (PATH: ${path})`);
  });

  test('another server if the bacalhau on the PATH is too old', async () => {
    program('bacalhau', `echo '{"clientVersion":{"GitVersion":"v1.7.0"}}'`);
    compiler();
    const child = ensureInChild({});
    expect(await outcome(child)).toMatchObject({ source: 'build' });
    expect(child.stderr).toContain('is v1.7.0, which is too old: 1.8 or newer is needed');
  });
});

describe('ensureServer fails with', () => {
  test('what to install, if there is neither a server nor Go', async () => {
    const { name, code, message } = await outcome(ensureInChild({}));
    expect(name).toBe('DevnetError');
    expect(code).toBe('SERVER_NOT_FOUND');
    expect(message).toContain('install Go 1.21 or newer');
    expect(message).toContain('BACALHAU_BIN');
  });

  test('what to install, if Go is too old', async () => {
    program('go', 'echo "go version go1.20.14 linux/amd64"');
    const { code, message } = await outcome(ensureInChild({}));
    expect(code).toBe('SERVER_NOT_FOUND');
    expect(message).toContain('go1.20.14');
  });

  test('SERVER_UNSUPPORTED, if the given server is of a version that cannot be started', async () => {
    const BACALHAU_BIN = program('old', `echo '{"clientVersion":{"GitVersion":"v1.5.2"}}'`);
    const { code, message } = await outcome(ensureInChild({ BACALHAU_BIN }));
    expect(code).toBe('SERVER_UNSUPPORTED');
    expect(message).toContain('BACALHAU_BIN, is v1.5.2, which cannot be started');
    expect(message).toContain('1.6.0');
  });

  test('the option or variable whose path does not exist', async () => {
    const { code, message } = await outcome(ensureInChild({ BACALHAU_BIN: '/nonexistent' }));
    expect(code).toBe('SERVER_NOT_FOUND');
    expect(message).toContain('BACALHAU_BIN');
    await expect(ensureServer({ server: '/nonexistent' })).rejects.toMatchObject({ code: 'SERVER_NOT_FOUND' });
    await expect(ensureServer({ server: '/bin/true' })).rejects.toMatchObject({ code: 'SERVER_NOT_FOUND' });
  });

  test('the end of the output of a failed build', async () => {
    program(
      'go',
      '[ "$1" = version ] && echo "go version go1.26.0 test/test" || { echo "no such module" >&2; exit 1; }',
    );
    const { code, message } = await outcome(ensureInChild({}));
    expect(code).toBe('SERVER_BUILD_FAILED');
    expect(message).toContain('no such module');
    expect(cached()).toEqual([]);
  });
});

describe('a build', () => {
  test('runs once for two processes at the same time', async () => {
    compiler();
    writeFileSync(join(dir, 'hold'), '');
    const children = [ensureInChild({}, 'pinned'), ensureInChild({}, 'pinned')];
    await poll('one to wait for the other', () => children.some(({ stderr }) => stderr.includes('waiting for it')));
    rmSync(join(dir, 'hold'));
    const outcomes = await Promise.all(children.map(outcome));
    expect(outcomes.map(({ source }) => source).sort()).toEqual(['build', 'cache']);
    expect(new Set(outcomes.map(({ path }) => path)).size).toBe(1);
    expect(builds()).toHaveLength(1);
    expect(cached()).toHaveLength(1);
  });

  test('whose process is killed is repeated at once, and leaves nothing behind', async () => {
    compiler();
    writeFileSync(join(dir, 'hold'), '');
    const first = ensureInChild({}, 'pinned');
    await poll('the first build', () => builds().length === 1);
    const second = ensureInChild({}, 'pinned');
    await poll('the second to wait', () => second.stderr.includes('waiting for it'));
    first.kill('SIGKILL');
    await poll('the second build', () => builds().length === 2);
    const [compilerPid] = builds();
    await poll('the end of the first compiler', () => !isAlive(Number(compilerPid)));
    rmSync(join(dir, 'hold'));
    expect(await outcome(second)).toMatchObject({ source: 'build' });
    await poll('only the build to be in the cache', () => cached().length === 1);
  });

  testInNamespace('of a server whose module lacks files is made from a copy that has them', async () => {
    const sources = join(dir, 'module-cache');
    mkdirSync(sources);
    writeFileSync(join(sources, 'main.go'), 'package main', { mode: 0o444 });
    // As in Go's cache.
    chmodSync(sources, 0o555);
    program(
      'go',
      `case "$1" in
        version) echo "go version go1.26.0 test/test" ;;
        mod)
          echo "go: downloading" >&2
          grep -q '^github.com/bacalhau-project/bacalhau v1.6.0 h1:' go.sum && ! grep -q '^replace github.com/bacalhau' go.mod && [ "$2" = download ] || exit 1
          echo '{ "Path": "'"$4"'", "Dir": "${sources}" }' ;;
        build)
          copy=$(sed -n 's/^replace github.com\\/bacalhau-project\\/bacalhau => "\\(.*\\)"$/\\1/p' go.mod)
          [ -f "$copy/main.go" ] && [ -f "$copy/webui/build/index.html" ] || exit 1
          while [ "$1" != "-o" ]; do shift; done
          cp '${server}' "$2" ;;
      esac`,
    );
    const PATH = `${join(dir, 'bin')}:/usr/bin:/bin:/usr/sbin:/sbin`;
    const child = ensureInChild({ PATH }, '1.6.0');
    expect(await outcome(child)).toMatchObject({ version: 'v1.6.0', source: 'build' });
    expect(cached()).toHaveLength(1);
    expect(await outcome(ensureInChild({ PATH }, 'v1.6.0'))).toMatchObject({ version: 'v1.6.0', source: 'cache' });
  });

  test('is aborted by its signal', async () => {
    compiler();
    writeFileSync(join(dir, 'hold'), '');
    const child = Child.script(
      `
      import { ensureServer } from 'bacalhau-devnet';
      const controller = new AbortController();
      process.on('SIGUSR2', () => controller.abort(new Error('enough')));
      await ensureServer({ server: 'pinned', signal: controller.signal })
        .catch((error) => console.log(error.code, error.cause.message));
      `,
      { ...process.env, XDG_CACHE_HOME: join(dir, 'cache'), PATH: join(dir, 'bin') },
    );
    await poll('the build', () => builds().length === 1);
    child.kill('SIGUSR2');
    await child.ended();
    expect(child.stdout).toBe('ABORTED enough\n');
    expect(cached()).toEqual([]);
    expect(isAlive(Number(builds()[0]))).toBe(false);
  });
});
