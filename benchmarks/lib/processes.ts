/** What processes cost, from Linux's /proc; nothing is known elsewhere. */
import { readFile } from 'node:fs/promises';

/** The CPU time that a process has used until now, in milliseconds. */
async function cpuMsOf(pid: number): Promise<number | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  // After the name in brackets, which may hold anything, come the third field and the ones after it.
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  // Hundredths of a second: Linux's USER_HZ is 100 everywhere.
  return fields === undefined ? undefined : (Number(fields[11]) + Number(fields[12])) * 10;
}

/** The share of one core that a process uses meanwhile, in per cent. */
export async function cpuDuring<T>(pid: number, work: () => Promise<T>): Promise<{ result: T; percent: number }> {
  const [cpu, began] = [await cpuMsOf(pid), performance.now()];
  const result = await work();
  const used = (await cpuMsOf(pid)) ?? Number.NaN;
  return { result, percent: (100 * (used - (cpu ?? Number.NaN))) / (performance.now() - began) };
}
