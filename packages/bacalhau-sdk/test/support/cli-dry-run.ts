import { spawn } from 'node:child_process';
import { ensureServer } from 'bacalhau-devnet';
import { devnetServer } from './server.js';

/** What the command line makes of a job without sending it: the job as YAML, or why it refuses it. */
export type DryRun = { readonly job: string } | { readonly refusal: string };

/** Nothing answers there, so that the command line prints what it would send. */
const OFFLINE = {
  BACALHAU_API_HOST: '127.0.0.1',
  BACALHAU_API_PORT: '1',
  BACALHAU_DISABLEANALYTICS: 'true',
  BACALHAU_UPDATECONFIG_INTERVAL: '0s',
};

/** Runs a command of the command line that takes `--dry-run`. */
export async function dryRun(args: readonly string[], input: string | Uint8Array, dir: string): Promise<DryRun> {
  const { path } = await ensureServer({ server: devnetServer });
  return new Promise((resolve, reject) => {
    const child = spawn(path, [...args, '--dry-run'], {
      env: { PATH: process.env['PATH'], HOME: dir, BACALHAU_DIR: dir, ...OFFLINE },
    });
    const output = { out: '', err: '' };
    child.stdout.on('data', (chunk: Buffer) => {
      output.out += chunk.toString();
    });
    child.stderr.on('data', (chunk: Buffer) => {
      output.err += chunk.toString();
    });
    child.on('error', reject);
    child.on('close', (code) => {
      // Before the job it may tell what it does to its folder.
      const job = output.out.slice(output.out.search(/^Constraints:/m));
      resolve(code === 0 ? { job } : { refusal: output.err + output.out });
    });
    // It may have refused its arguments by then.
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
  });
}
