import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** A helper that runs in a process of its own, because jest cannot load the ESM packages that it is made of. */
export interface ChildServer extends AsyncDisposable {
  readonly url: string;
  /** What it reported since it started, a line each. */
  readonly lines: readonly string[];
}

/** Starts `support/processes/<name>`, which prints its URL first. It ends with its standard input. */
export async function childServer(name: string, settings: object = {}): Promise<ChildServer> {
  const file = join(__dirname, 'processes', name);
  const child: ChildProcess = spawn(process.execPath, [file, JSON.stringify(settings)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const { stdout, stdin } = child;
  if (stdout === null || stdin === null) throw new Error('The child has no pipes.');
  const lines: string[] = [];
  const url = await new Promise<string>((resolve, reject) => {
    const reader = createInterface(stdout);
    reader.once('line', (first) => {
      reader.on('line', (line) => lines.push(line));
      resolve(first);
    });
    child.once('exit', (code) => reject(new Error(`${name} ended with ${code} before it was ready.`)));
  });
  return {
    url,
    lines,
    async [Symbol.asyncDispose]() {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      stdin.end();
      await ended;
    },
  };
}
