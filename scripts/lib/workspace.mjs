// What the commands of this folder share. Plain Node without dependencies: it runs before anything is installed.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));

const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

/** Runs a command to its end, with its output on ours. */
export function run(command, args, { env = {}, stdout = 'inherit' } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: root,
      stdio: ['inherit', stdout, 'inherit'],
      // What a machine's npm configuration is warned about says nothing about this project.
      env: { ...process.env, TURBO_TELEMETRY_DISABLED: '1', npm_config_loglevel: 'error', ...env },
      shell: process.platform === 'win32',
    });
    // Ctrl-C reaches the whole group of processes; the command ends by itself and says how.
    const ignore = () => {};
    process.on('SIGINT', ignore);
    const pass = (signal) => child.kill(signal);
    process.on('SIGTERM', pass);
    child.once('error', reject);
    child.once('close', (code, signal) => {
      process.off('SIGINT', ignore);
      process.off('SIGTERM', pass);
      if (code === 0) resolve();
      else reject(new CommandFailed([command, ...args].join(' '), code ?? signal));
    });
  });
}

/** A command that ended badly has said why; what is left to do is to end with its exit code. */
class CommandFailed extends Error {
  constructor(command, ending) {
    super(`${command} ended with ${ending}`);
    this.exitCode = typeof ending === 'number' ? ending : 1;
  }
}

/** Runs the workspace's package manager. */
export const pnpm = (args, options) => run('npx', ['--yes', packageManager, ...args], options);

/** Windows spells it `Path`. */
const PATH = Object.keys(process.env).find((name) => name.toUpperCase() === 'PATH') ?? 'PATH';

/** Runs a command on the workspace's own Node and with its own tools, as pnpm's scripts are run. */
export const runTool = (command, args) =>
  // These two run pnpm, and so have to find it.
  command === 'turbo' || command === 'changeset'
    ? pnpm(['exec', command, ...args])
    : run(command, args, {
        env: { [PATH]: [join(root, 'node_modules', '.bin'), process.env[PATH]].join(delimiter) },
      });

/** Makes the tarball that publishing a package would upload. */
export const packPackage = (name, tarball) =>
  pnpm(['--dir', join(root, 'packages', name), 'pack', '--out', tarball], { stdout: 'ignore' });

/** Installs the dependencies as the lockfile has them. Takes a second when there is nothing to do. */
export const install = () => pnpm(['install', '--frozen-lockfile', '--reporter=append-only'], { env: { CI: 'true' } });

/** Runs a program's main function, and ends the process with its exit code. */
export async function main(program) {
  try {
    await program();
  } catch (error) {
    console.error(`\n${error instanceof Error ? error.message : error}`);
    process.exitCode = error instanceof CommandFailed ? error.exitCode : 1;
  }
}
