// Runs what starts other programs with nothing on the PATH but Node, Go, git and a shell's basic tools, and with an empty home, as
// a small container has it: `node scripts/slim-path.mjs [COMMAND…]`. Without a command, it runs `npm start` and the tests of
// certificates, keys and processes.
import { accessSync, constants, mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { main, run } from './lib/workspace.mjs';

const PROGRAMS = ['node', 'npm', 'npx', 'go', 'git', 'sh', 'bash', 'env'].concat(
  ['basename', 'cat', 'chmod', 'cp', 'cut', 'date', 'dirname', 'grep', 'gzip', 'head', 'ln', 'ls', 'mkdir', 'mv'],
  ['readlink', 'rm', 'sed', 'sort', 'tail', 'tar', 'touch', 'tr', 'uname', 'wc'],
);
const TESTS = ['newest-server/tls', 'newest-server/proxy', 'devnet/test/cli', 'unit/keys', 'unit/key-file'];

/** Where Node and Go keep what they downloaded and built; to do that again shows nothing. */
const caches = {
  XDG_CACHE_HOME: process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'),
  // The store of packages: with another one, pnpm would install everything anew.
  XDG_DATA_HOME: process.env.XDG_DATA_HOME ?? join(homedir(), '.local', 'share'),
  GOCACHE: process.env.GOCACHE ?? join(homedir(), '.cache', 'go-build'),
  GOMODCACHE: process.env.GOMODCACHE ?? join(process.env.GOPATH ?? join(homedir(), 'go'), 'pkg', 'mod'),
  npm_config_cache: process.env.npm_config_cache ?? join(homedir(), '.npm'),
};

function find(program) {
  // Not the workspace's own Node, which is not there before it is installed.
  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => !folder.includes('node_modules'));
  const found = folders.map((folder) => join(folder, program));
  return found.find((file) => {
    try {
      accessSync(file, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

await main(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'slim-path-'));
  const home = mkdtempSync(join(tmpdir(), 'slim-home-'));
  try {
    for (const program of PROGRAMS) {
      const file = find(program);
      if (file !== undefined) symlinkSync(realpathSync(file), join(folder, program));
    }
    const env = { ...caches, PATH: folder, HOME: home };
    // Tests need what the testbed provides nowhere but there.
    for (const name of Object.keys(process.env)) if (/^(BACALHAU|DOCKER|AWS)_/.test(name)) env[name] = undefined;
    const [command, ...args] = process.argv.slice(2);
    if (command === undefined) {
      await run('npm', ['start'], { env });
      await run('npm', ['run', 'jest', '--', ...TESTS], { env });
    } else {
      await run(command, args, { env });
    }
  } finally {
    for (const made of [folder, home]) rmSync(made, { recursive: true, force: true });
  }
});
