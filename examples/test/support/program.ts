import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

export interface RunningProgram extends AsyncDisposable {
  /** What it has printed so far, line by line. */
  readonly lines: readonly string[];
  /** The first group of the first line that matched. */
  readonly said: string;
  /** Asks it to end, and resolves with its exit code. */
  stop(): Promise<number | null>;
}

/** Starts an example that goes on until it is stopped, and waits for the line that it prints when it is ready. */
export async function startProgram(
  args: readonly string[],
  ready: RegExp,
  env: Readonly<Record<string, string>>,
): Promise<RunningProgram> {
  const program = spawn(process.execPath, [...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { PATH: process.env['PATH'], ...env },
  });
  const ended = new Promise<number | null>((resolve) => program.once('exit', resolve));
  const lines: string[] = [];
  const said = await new Promise<string>((resolve, reject) => {
    void ended.then((code) => reject(new Error(`${args.join(' ')} ended with ${code}: ${lines.join('\n')}`)));
    createInterface(program.stdout).on('line', (line) => {
      lines.push(line);
      const match = ready.exec(line)?.[1];
      if (match !== undefined) resolve(match);
    });
  });
  const stop = (): Promise<number | null> => {
    program.kill();
    return ended;
  };
  return {
    lines,
    said,
    stop,
    async [Symbol.asyncDispose]() {
      await stop();
    },
  };
}
