import { spawn } from 'node:child_process';
import { ensureServer } from 'bacalhau-devnet';
import { devnetServer } from './server.js';

export interface CliRun {
  readonly env?: Readonly<Record<string, string>>;
  /** Its standard input. Default: none. */
  readonly input?: string;
}

/** Runs the Bacalhau command line, which is the same binary as the server. Resolves to all that it printed. */
export async function cli(args: readonly string[], { env = {}, input = '' }: CliRun): Promise<string> {
  const { path } = await ensureServer({ server: devnetServer });
  return new Promise((resolve, reject) => {
    const child = spawn(path, [...args], { env: { PATH: process.env['PATH'], HOME: '/nonexistent', ...env } });
    let output = '';
    const collect = (chunk: Buffer): void => {
      output += chunk.toString();
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.on('error', reject);
    child.on('close', (code) =>
      code === 0 ? resolve(output) : reject(new Error(`bacalhau ${args.join(' ')} ended with ${code}: ${output}`)),
    );
    child.stdin.end(input);
  });
}
