import { type ChildProcess, spawn } from 'node:child_process';
import { constants } from 'node:os';
import { codeOf, messageOf } from '../errors.js';
import type { Devnet } from '../options.js';
import { endUsers } from '../supervisor/clean-up.js';
import { DIRECTORY_VARIABLE } from '../supervisor/protocol.js';
import { END_SIGNALS } from './signals.js';

const EXIT_NOT_EXECUTABLE = 126;
const EXIT_NOT_FOUND = 127;
const EXIT_SIGNAL = 128;
const GRACE_MS = 5_000;

/** A command that could not be started; the exit code is that of a shell. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly exitCode: number;

  constructor(program: string, cause: unknown) {
    super(`${program} could not be started: ${messageOf(cause)}`, { cause });
    this.exitCode = codeOf(cause) === 'ENOENT' ? EXIT_NOT_FOUND : EXIT_NOT_EXECUTABLE;
  }
}

/**
 * Runs a command that finds the network by its environment, with the standard streams of this process, and passes
 * signals on to it. After a signal it has five seconds to end, and so have the processes that it has started.
 *
 * @returns its exit code, 128 and the signal's number if one ended it
 * @throws CommandError
 */
export async function runCommand([program = '', ...args]: readonly string[], devnet: Devnet): Promise<number> {
  const child = spawn(program, args, {
    stdio: 'inherit',
    env: { ...process.env, ...devnet.env, [DIRECTORY_VARIABLE]: devnet.dir },
  });
  let kill: NodeJS.Timeout | undefined;
  const pass = (signal: NodeJS.Signals) => {
    // A terminal sends it to the command as well, which may be one that goes on.
    if (signal === 'SIGINT' && process.stdin.isTTY) return;
    child.kill(signal);
    kill ??= setTimeout(() => child.kill('SIGKILL'), GRACE_MS);
  };
  for (const signal of END_SIGNALS) process.on(signal, pass);
  try {
    const { code, signal } = await ended(child, program);
    if (kill !== undefined) await endUsers(devnet.dir);
    return code ?? EXIT_SIGNAL + constants.signals[signal ?? 'SIGKILL'];
  } finally {
    clearTimeout(kill);
    for (const signal of END_SIGNALS) process.off(signal, pass);
  }
}

function ended(
  child: ChildProcess,
  program: string,
): Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }> {
  return new Promise((resolve, reject) => {
    child.once('error', (error) => reject(new CommandError(program, error)));
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
}
