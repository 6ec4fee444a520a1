import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { codeOf } from '../errors.js';

/** The signals that ask a program to end. */
export const END_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

const POLL_MS = 250;

/**
 * Takes the end of the process that started this one for SIGTERM, and that of `npx` or `npm`, which have a shell and
 * perhaps a script between themselves and this process, and of what started those. Nothing else tells of a process that
 * was killed, and a network that nobody knows of would stay.
 */
export function endWithParent(): void {
  const parent = process.ppid;
  if (parent <= 1) return;
  const watched = npmAncestors(parent);
  const timer = setInterval(() => {
    if (process.ppid === parent && watched.every(exists)) return;
    clearInterval(timer);
    process.emit('SIGTERM', 'SIGTERM');
  }, POLL_MS);
  timer.unref();
}

/**
 * The processes from this one's parent up to npm or its like, which sets a variable for all that it starts, and the one
 * that started that: it does not end with its own parent.
 */
function npmAncestors(parent: number): number[] {
  const ancestors: number[] = [];
  if (process.env['npm_config_user_agent'] === undefined) return ancestors;
  let belowNpm = true;
  // The first process of a machine or a container does not end before the others.
  for (let pid = parent; pid > 1; ) {
    ancestors.push(pid);
    if (!belowNpm) break;
    const ancestor = readProcess(pid);
    if (ancestor === undefined) break;
    belowNpm = ancestor.text.includes('npm_config_user_agent=');
    pid = ancestor.parent;
  }
  return ancestors;
}

/** The parent of a process, and a text with its environment. */
function readProcess(pid: number): { readonly parent: number; readonly text: string } | undefined {
  try {
    if (process.platform === 'linux') {
      const [, parent] = /^PPid:\s*(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
      return { parent: Number(parent), text: readFileSync(`/proc/${pid}/environ`, 'utf8') };
    }
    const text = execFileSync('ps', ['-wwE', '-o', 'ppid=,args=', '-p', String(pid)], { encoding: 'utf8' });
    return { parent: Number.parseInt(text, 10), text };
  } catch {
    return undefined;
  }
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Otherwise it is another user's.
    return codeOf(error) !== 'ESRCH';
  }
}
