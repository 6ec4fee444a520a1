import { setTimeout as delay } from 'node:timers/promises';
import { removeDirectory } from './directory.js';
import { removeJobContainers } from './docker.js';
import { hasVariable, type ListedProcess, listProcesses, runsCommand } from './processes.js';
import { DIRECTORY_VARIABLE, type SupervisedScope, temporaryDir } from './protocol.js';

const POLL_MS = 50;
const KILL_LIMIT_MS = 10_000;
const TERM_LIMIT_MS = 2_000;

/**
 * Cleans up after a supervisor that was itself killed.
 *
 * Process ids are not remembered but looked up, by the command that was started and the directory's unique name among
 * its arguments or in its environment: the system may have given a remembered id to an unrelated process.
 *
 * @param commands the programs that the supervisor was told to start
 * @returns descriptions of what could not be cleaned up.
 */
export async function cleanUp(scope: SupervisedScope, commands: Iterable<string>): Promise<string[]> {
  const { dir } = scope;
  const started = [...commands];
  const belongs = (one: ListedProcess) =>
    usesDevnet(one, dir) ||
    (started.some((command) => runsCommand(one, command)) &&
      (one.args.includes(dir) || hasVariable(one, 'TMPDIR', temporaryDir(dir))));
  const left = await endAll(belongs, 'SIGKILL', KILL_LIMIT_MS);
  const problems = left.length === 0 ? [] : [`processes are still running: ${left.join(', ')}`];
  problems.push(...(await removeJobContainers(scope.executors, scope.dockerEnv)));
  problems.push(...(await removeDirectory(scope, scope.keepLogs)));
  return problems;
}

/**
 * Ends the processes that have the devnet's variable in their environment, and so were started to use it: SIGTERM, and
 * SIGKILL two seconds later.
 *
 * @returns descriptions of what could not be ended.
 */
export async function endUsers(dir: string): Promise<string[]> {
  const uses = (one: ListedProcess) => usesDevnet(one, dir);
  await endAll(uses, 'SIGTERM', TERM_LIMIT_MS);
  const left = await endAll(uses, 'SIGKILL', KILL_LIMIT_MS);
  return left.length === 0 ? [] : [`processes are still running: ${left.join(', ')}`];
}

const usesDevnet = (one: ListedProcess, dir: string): boolean => hasVariable(one, DIRECTORY_VARIABLE, dir);

/** Sends a signal to processes until there are none, and returns the ids of those that are left at the limit. */
async function endAll(
  belongs: (one: ListedProcess) => boolean,
  signal: 'SIGTERM' | 'SIGKILL',
  limitMs: number,
): Promise<number[]> {
  const find = async () => (await listProcesses()).filter(belongs).map(({ pid }) => pid);
  const signalled = new Set<number>();
  const limit = Date.now() + limitMs;
  for (let pids = await find(); pids.length > 0; pids = await find()) {
    if (Date.now() > limit) return pids;
    for (const pid of pids) {
      // A program may count the requests to end.
      if (signal === 'SIGTERM' && signalled.has(pid)) continue;
      signalled.add(pid);
      try {
        process.kill(pid, signal);
      } catch {
        // It has ended in the meantime.
      }
    }
    await delay(POLL_MS);
  }
  return [];
}
