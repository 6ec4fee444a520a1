import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Program } from './document.js';

const root = join(__dirname, '..', '..', '..');
const modules = join(root, 'node_modules');
const testRunner = join(modules, 'jest', 'bin', 'jest.js');
const transform = { '\\.ts$': join(modules, '@swc', 'jest') };

/** Runs the programs and commands of documents as a reader would, against the test network and in separate folders. */
export class Reader {
  /** Programs are inside the repository, so that they resolve the packages as an application does. */
  readonly sources = join(root, 'docs', '.cache');
  readonly home = mkdtempSync(join(tmpdir(), 'bacalhau-reader-'));
  readonly #network = new URL(process.env['BACALHAU_TEST_URL'] ?? '');
  readonly #env = {
    ...process.env,
    BACALHAU_API_HOST: this.#network.hostname,
    BACALHAU_API_PORT: this.#network.port,
    BACALHAU_DIR: join(this.home, '.bacalhau'),
  };

  constructor() {
    rmSync(this.sources, { recursive: true, force: true });
    mkdirSync(this.sources);
  }

  /** Runs a program to its end, again in the same folder if it is to be run more often, and returns its last output. */
  async run(program: Program, times = 1): Promise<string> {
    const file = join(this.sources, program.name);
    // The default address and example.org in a document stand for the reader's network.
    const { host, port, origin } = this.#network;
    const text = program.text
      .replaceAll('127.0.0.1:1234', host)
      .replaceAll('port: 1234', `port: ${port}`)
      .replaceAll('https://bacalhau.example.org', origin);
    writeFileSync(file, text);
    const config = JSON.stringify({ rootDir: this.sources, testMatch: ['**/*.test.ts'], transform });
    const args = program.isTest ? [testRunner, '--config', config, file] : [file];
    const folder = mkdtempSync(join(this.home, 'program-'));
    try {
      for (let run = 1; run < times; run += 1) await this.#output(process.execPath, args, folder);
      return await this.#output(process.execPath, args, folder);
    } catch (error) {
      // The line numbers in the stack are those of the document.
      const text = error instanceof Error ? error.message : String(error);
      throw new Error(text.replaceAll(`file://${file}`, program.path).replaceAll(file, program.path));
    }
  }

  /** Runs a command of the repository to its end and returns its output. */
  command(...words: readonly string[]): Promise<string> {
    const [program = '', ...args] = words;
    return this.#output(program, args, root);
  }

  async #output(program: string, args: readonly string[], cwd: string): Promise<string> {
    try {
      const options = { cwd, env: this.#env, timeout: 170_000, maxBuffer: 10_000_000 };
      return (await promisify(execFile)(program, args, options)).stdout;
    } catch (error) {
      const { stdout, stderr } = error as { stdout?: string; stderr?: string };
      throw new Error(`${[program, ...args].join(' ')} failed:\n${stdout}\n${stderr}`);
    }
  }

  /**
   * Starts a command that runs until Ctrl-C, and interrupts it once its output matches `awaited` and `meanwhile` is done.
   * Resolves when it has exited.
   */
  async session(
    words: readonly string[],
    awaited: RegExp,
    meanwhile: (found: RegExpExecArray) => Promise<void>,
  ): Promise<void> {
    const [program = '', ...args] = words;
    // A process group of its own, which receives Ctrl-C as a whole.
    const child = spawn(program, args, {
      cwd: root,
      env: this.#env,
      detached: true,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = once(child, 'close');
    let output = '';
    try {
      for await (const chunk of child.stdout) {
        output += String(chunk);
        const found = awaited.exec(output);
        if (found === null) continue;
        await meanwhile(found);
        break;
      }
    } finally {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGINT');
    }
    await ended;
  }

  leave(): void {
    rmSync(this.home, { recursive: true, force: true });
  }
}
