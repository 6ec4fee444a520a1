import { spawn } from 'node:child_process';
import os from 'node:os';

/** @type {NodeJS.Signals[]} */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];
/** How long a command may take to end after it was asked to; the janitor ends what is left of it. */
const PATIENCE_MS = 30_000;

/** Somebody asked for the end before the command was started. */
export class Interrupted extends Error {
  constructor(/** @type {NodeJS.Signals} */ signal) {
    super(`ended by ${signal}`);
    this.exitCode = exitCodeOf(signal);
  }
}

/** Rejects at the first signal; from then on a signal does not end this process by itself. */
export function untilSignal() {
  const interrupted = new Promise((_, reject) => {
    for (const signal of SIGNALS) process.on(signal, () => reject(new Interrupted(signal)));
  });
  // While the command runs, the signal is the command's matter.
  interrupted.catch(() => {});
  return /** @type {Promise<never>} */ (interrupted);
}

/** Runs the command on this process's own input and output and returns its exit code, as a shell would. */
export async function runCommand(
  /** @type {string[]} */ [program = '', ...args],
  /** @type {NodeJS.ProcessEnv} */ env,
) {
  const child = spawn(program, args, { env, stdio: 'inherit' });
  /** @type {NodeJS.Timeout | undefined} */
  let timer;
  const ended = new Promise((resolve) => {
    child.on('error', (error) => {
      console.error(`testbed: ${error.message}`);
      resolve([127, null]);
    });
    child.on('exit', (code, signal) => resolve([code, signal]));
    for (const signal of SIGNALS) {
      process.on(signal, () => {
        // Ctrl-C reaches the whole group, the command included.
        if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
        timer ??= setTimeout(() => resolve([null, signal]), PATIENCE_MS);
      });
    }
  });
  const [code, signal] = await ended;
  clearTimeout(timer);
  return code ?? exitCodeOf(signal);
}

/** What a shell makes of a process that a signal has ended. */
function exitCodeOf(/** @type {NodeJS.Signals} */ signal) {
  return 128 + os.constants.signals[signal];
}
