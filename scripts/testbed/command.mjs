import { spawn } from 'node:child_process';
import os from 'node:os';

/** @type {NodeJS.Signals[]} */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];
/** How long a command may take to end after it was asked to; the janitor ends what is left of it. */
const PATIENCE_MS = 30_000;

/** Rejects when somebody asks for the end; from then on such a signal does not end this process by itself. */
export function untilSignal() {
  const interrupted = new Promise((_, reject) => {
    for (const signal of SIGNALS) process.on(signal, () => reject(new Error(`ended by ${signal}`)));
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
  return code ?? 128 + os.constants.signals[/** @type {NodeJS.Signals} */ (signal)];
}
