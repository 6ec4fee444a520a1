import { execFile } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Program } from './document.js';

const modules = join(__dirname, '..', '..', '..', 'node_modules');
const testRunner = join(modules, 'jest', 'bin', 'jest.js');
const configOf = (rootDir: string): string =>
  JSON.stringify({ rootDir, testMatch: ['**/*.test.ts'], transform: { '\\.ts$': join(modules, '@swc', 'jest') } });

/** Runs a program to its end, as a reader would who has the test network at the default address, and gives its output. */
export async function runProgram(
  program: Program,
  { sources, scratch }: { sources: string; scratch: string },
): Promise<string> {
  const network = new URL(process.env['BACALHAU_TEST_URL'] ?? '');
  // Where a document says the default port, it means the network of its reader.
  const text = program.text
    .replaceAll('127.0.0.1:1234', network.host)
    .replaceAll('port: 1234', `port: ${network.port}`);
  const file = join(sources, program.name);
  writeFileSync(file, text);
  const folder = mkdtempSync(join(scratch, 'reader-'));
  const env = {
    ...process.env,
    BACALHAU_API_HOST: network.hostname,
    BACALHAU_API_PORT: network.port,
    BACALHAU_DIR: join(folder, '.bacalhau'),
  };
  const command = program.isTest ? [testRunner, '--config', configOf(sources), file] : [file];
  try {
    const { stdout } = await promisify(execFile)(process.execPath, command, { cwd: folder, env, timeout: 170_000 });
    return stdout;
  } catch (error) {
    // The stack names lines of the document.
    const { stdout, stderr } = error as { stdout?: string; stderr?: string };
    throw new Error(
      `${program.path} does not run:\n${stdout}\n${stderr}`.replaceAll(
        new RegExp(`(file://)?${file}`, 'g'),
        program.path,
      ),
    );
  }
}
