import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

/** A process of this machine, as far as this user may see it. */
export interface ListedProcess {
  readonly pid: number;
  /** The command with its arguments, separated by zeros, or by spaces where only `ps` tells. */
  readonly args: string;
  /** The environment, with the same separator. On macOS it is part of `args`. */
  readonly environment: string;
}

/** Lists the processes of this machine but for this one. Those that have ended have no arguments. */
export async function listProcesses(): Promise<ListedProcess[]> {
  const processes = process.platform === 'linux' ? await fromProc() : await fromPs();
  return processes.filter(({ pid }) => pid !== process.pid);
}

/** Whether a process was started as this command. */
export function runsCommand({ args }: ListedProcess, command: string): boolean {
  return args === command || args.startsWith(`${command}\0`) || args.startsWith(`${command} `);
}

/** Whether a process has this variable in its environment. */
export function hasVariable({ args, environment }: ListedProcess, name: string, value: string): boolean {
  const text = `${name}=${value}`;
  const all = environment || args;
  return all.split(all.includes('\0') ? '\0' : ' ').includes(text);
}

/** From /proc, because small images have no `ps`. */
async function fromProc(): Promise<ListedProcess[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  return Promise.all(
    pids.map(async (pid) => {
      const read = (file: string) => readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '');
      return { pid, args: await read('cmdline'), environment: await read('environ') };
    }),
  );
}

async function fromPs(): Promise<ListedProcess[]> {
  const { stdout } = await promisify(execFile)('ps', ['-axwwE', '-o', 'pid=,args='], { maxBuffer: 64 * 1024 * 1024 });
  return stdout.split('\n').flatMap((line) => {
    const [, pid, args] = /^\s*(\d+)\s+(.*)$/.exec(line) ?? [];
    return pid === undefined || args === undefined ? [] : [{ pid: Number(pid), args, environment: '' }];
  });
}
