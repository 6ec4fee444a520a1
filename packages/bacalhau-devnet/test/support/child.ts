import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';

export const PACKAGE_DIR = dirname(dirname(__dirname));

/** A Node process that a test starts. */
export class Child {
  readonly process: ChildProcess;
  stdout = '';
  stderr = '';
  readonly #ended: Promise<number | null>;
  static readonly #all = new Set<Child>();

  constructor(
    args: readonly string[],
    env: Readonly<Record<string, string | undefined>> = process.env,
    { command = process.execPath, cwd = PACKAGE_DIR }: { readonly command?: string; readonly cwd?: string } = {},
  ) {
    this.process = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    this.process.stdout?.on('data', (chunk: Buffer) => {
      this.stdout += chunk.toString('utf8');
    });
    this.process.stderr?.on('data', (chunk: Buffer) => {
      this.stderr += chunk.toString('utf8');
    });
    Child.#all.add(this);
    this.#ended = once(this.process, 'close').then(() => this.process.exitCode);
  }

  /** A module's text, run as ESM; it can import the package by its name. */
  static script(text: string, env?: Readonly<Record<string, string | undefined>>): Child {
    return new Child(['--input-type=module', '--eval', text], env);
  }

  /** The package's command. */
  static command(args: readonly string[], env?: Readonly<Record<string, string | undefined>>): Child {
    return new Child([join(PACKAGE_DIR, 'dist/cli.mjs'), ...args], env);
  }

  /** The first line of standard output; fails if there is none. */
  async firstLine(): Promise<string> {
    const { stdout } = this.process;
    if (stdout === null) throw new Error('no standard output');
    for await (const line of createInterface({ input: stdout })) return line;
    throw new Error(`no output; standard error: ${this.stderr}`);
  }

  /** For a test's end: a test that failed may have left some. */
  static async killAll(): Promise<void> {
    for (const child of Child.#all) {
      child.kill('SIGKILL');
      await child.ended();
    }
    Child.#all.clear();
  }

  get pid(): number {
    if (this.process.pid === undefined) throw new Error('the process could not be started');
    return this.process.pid;
  }

  kill(signal: NodeJS.Signals): void {
    this.process.kill(signal);
  }

  /** Resolves with the exit code (null after a signal) when all output is read. */
  ended(): Promise<number | null> {
    return this.#ended;
  }
}

/** A script that starts a devnet, prints its traces as one line of JSON, and then does something. */
export function devnetScript(options: object, then = ''): string {
  return `
    import { startDevnet } from 'bacalhau-devnet';
    const devnet = await startDevnet(${JSON.stringify({ server: 'pinned', ...options })});
    const { url, dir, nodes } = devnet;
    console.log(JSON.stringify({
      url, dir, pids: nodes.map(({ pid }) => pid), ports: nodes.map(({ apiPort }) => apiPort),
      ids: nodes.map(({ id }) => id),
    }));
    ${then}
  `;
}
