/** A process of its own for what is measured in it: lines of JSON on its input ask, lines on its output answer. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export interface Contestant<Q, A> {
  readonly pid: number;
  ask(question: Q): Promise<A>;
  stop(): Promise<void>;
}

/** A program of `contestants/`, on this Node. */
export function contestant<Q, A>(
  file: string,
  args: readonly string[],
  nodeArgs: readonly string[] = [],
): Contestant<Q, A> {
  return contestantOf(process.execPath, [...nodeArgs, placeOf(file), ...args]);
}

export const placeOf = (file: string): string => fileURLToPath(new URL(`../contestants/${file}`, import.meta.url));

/** What it prints is taken for what the question asks for: both ends are ours. */
export function contestantOf<Q, A>(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Contestant<Q, A> {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'], env: { ...process.env, ...env } });
  const ended = endOf(child);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    pid: child.pid ?? 0,
    async ask(question) {
      child.stdin.write(`${JSON.stringify(question)}\n`);
      const { done, value } = await lines.next();
      if (done) throw new Error(`${[command, ...args].join(' ')} ended with ${await ended}.`);
      return JSON.parse(value);
    },
    async stop() {
      child.stdin.end();
      await ended;
    },
  };
}

function endOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code, signal) => resolve(String(code ?? signal)));
  });
}

/** The other end: answers until its input does. */
export async function answer<Q, A>(toAnswer: (question: Q) => Promise<A>): Promise<void> {
  for await (const line of createInterface({ input: process.stdin })) {
    process.stdout.write(`${JSON.stringify(await toAnswer(JSON.parse(line)))}\n`);
  }
}
