import { execFileSync } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';

/** The processes that have a text among their arguments, but for this one. */
export async function processesMentioning(text: string): Promise<number[]> {
  const processes = process.platform === 'linux' ? await fromProc() : fromPs();
  return processes.filter(({ pid, args }) => pid !== process.pid && args.includes(text)).map(({ pid }) => pid);
}

interface Listed {
  readonly pid: number;
  /** With blanks between. */
  readonly args: string;
}

/** The process that runs one of the package's programs for a devnet. */
export async function programOf(dir: string, program: 'supervisor' | 'watcher'): Promise<number> {
  for (const pid of await processesMentioning(dir)) {
    const args = await readFile(`/proc/${pid}/cmdline`, 'utf8');
    if (args.includes(`${program}.mjs`)) return pid;
  }
  throw new Error(`no ${program}`);
}

/** Needs no program, as a small container has none. */
async function fromProc(): Promise<Listed[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  return Promise.all(
    pids.map(async (pid) => {
      const args = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
      return { pid: Number(pid), args: args.replaceAll('\0', ' ') };
    }),
  );
}

function fromPs(): Listed[] {
  const output = execFileSync('ps', ['-axww', '-o', 'pid=,args='], { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  return output.split('\n').map((line) => ({ pid: Number.parseInt(line, 10), args: line }));
}
