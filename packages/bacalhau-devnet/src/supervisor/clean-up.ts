import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { removeDirectory } from './directory.js';
import { removeJobContainers } from './docker.js';
import { type SupervisedScope, temporaryDir } from './protocol.js';

const POLL_MS = 50;
const KILL_LIMIT_MS = 10_000;

/**
 * Cleans up after a supervisor that was itself killed.
 *
 * Process ids are not remembered but looked up, by the command that was started and the directory's unique name among
 * its arguments or as its TMPDIR: the system may have given a remembered id to an unrelated process.
 *
 * @param commands the programs that the supervisor was told to start
 * @returns descriptions of what could not be cleaned up.
 */
export async function cleanUp(scope: SupervisedScope, commands: ReadonlySet<string>): Promise<string[]> {
  const find = () => startedProcesses(scope.dir, commands);
  const problems: string[] = [];
  const limit = Date.now() + KILL_LIMIT_MS;
  for (let pids = await find(); pids.length > 0; pids = await find()) {
    if (Date.now() > limit) {
      problems.push(`processes are still running: ${pids.join(', ')}`);
      break;
    }
    for (const pid of pids) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // It has ended in the meantime.
      }
    }
    await delay(POLL_MS);
  }
  problems.push(...(await removeJobContainers(scope.executors, scope.dockerEnv)));
  problems.push(...(await removeDirectory(scope, scope.keepLogs)));
  return problems;
}

async function startedProcesses(dir: string, commands: ReadonlySet<string>): Promise<number[]> {
  const processes = process.platform === 'linux' ? await fromProc() : await fromPs(commands);
  const variable = `TMPDIR=${temporaryDir(dir)}\0`;
  return processes
    .filter(({ command, args, environment = '' }) => {
      return commands.has(command) && (args.includes(dir) || environment.includes(variable));
    })
    .map(({ pid }) => pid)
    .filter((pid) => pid !== process.pid);
}

interface ProcessLine {
  readonly pid: number;
  readonly command: string;
  readonly args: string;
  /** Known on Linux only, the one system with servers whose arguments name no directory. */
  readonly environment?: string;
}

/** Lists processes from /proc, on Linux, because small images have no `ps`. A zombie's arguments are empty there. */
async function fromProc(): Promise<ProcessLine[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  return Promise.all(
    pids.map(async (pid) => {
      const read = (file: string) => readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '');
      const args = await read('cmdline');
      return { pid, command: args.split('\0', 1)[0] ?? '', args, environment: await read('environ') };
    }),
  );
}

/** Lists processes with `ps`, which separates arguments by spaces; the command itself may contain some. */
async function fromPs(commands: ReadonlySet<string>): Promise<ProcessLine[]> {
  const { stdout } = await promisify(execFile)('ps', ['-axww', '-o', 'pid=,args='], { maxBuffer: 64 * 1024 * 1024 });
  return stdout.split('\n').flatMap((line) => {
    const [, pid, args] = /^\s*(\d+)\s+(.*)$/.exec(line) ?? [];
    const command = [...commands].find((candidate) => args?.startsWith(`${candidate} `));
    return pid === undefined || args === undefined || command === undefined
      ? []
      : [{ pid: Number(pid), command, args }];
  });
}
