#!/usr/bin/env node
/** The command `bacalhau-devnet`: variables to export go to standard output, everything else to standard error. */
import { readFile } from 'node:fs/promises';
import { startDevnet } from '../devnet.js';
import { DevnetError, messageOf } from '../errors.js';
import type { Devnet, DevnetOptions, NodeExit } from '../options.js';
import { packageFile } from '../package-files.js';
import { SERVER_VERSIONS } from '../servers/versions.js';
import { readCommandLine, USAGE, UsageError } from './arguments.js';

const EXIT_OK = 0;
const EXIT_FAILURE = 1;
const EXIT_USAGE = 2;
const EXIT_INTERRUPTED = 130;

async function main(): Promise<number> {
  const commandLine = await readCommandLine(process.argv.slice(2));
  switch (commandLine.action) {
    case 'help':
      process.stdout.write(USAGE);
      return EXIT_OK;
    case 'version':
      process.stdout.write(`bacalhau-devnet ${await ownVersion()} (builds Bacalhau ${SERVER_VERSIONS.join(', ')})\n`);
      return EXIT_OK;
    case 'run':
      return run(commandLine.options, commandLine.quiet);
  }
}

async function run(options: DevnetOptions, quiet: boolean): Promise<number> {
  const report = (text: string) => {
    if (!quiet) process.stderr.write(`${text}\n`);
  };
  const interrupt = new AbortController();
  // `on`, not `once`: a second Ctrl-C must not end the process before the first has cleaned up.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => interrupt.abort());

  let broken: (exit: NodeExit) => void = () => {};
  const brokenNode = new Promise<NodeExit>((resolve) => {
    broken = resolve;
  });
  let devnet: Devnet;
  try {
    devnet = await startDevnet({ ...options, onProgress: report, signal: interrupt.signal, onExit: broken });
  } catch (error) {
    if (DevnetError.is(error) && error.code === 'ABORTED') return EXIT_INTERRUPTED;
    throw error;
  }
  describe(devnet, report);

  const interrupted = new Promise<undefined>((resolve) => {
    if (interrupt.signal.aborted) resolve(undefined);
    interrupt.signal.addEventListener('abort', () => resolve(undefined), { once: true });
  });
  const exit = await Promise.race([interrupted, brokenNode]);
  if (exit === undefined) {
    report('Stopping');
    await devnet.stop();
    return EXIT_OK;
  }
  process.stderr.write(
    `The server ${exit.node.name} ended unexpectedly with ${exit.signal ?? `exit code ${exit.code}`}. Logs: ${logFolders(devnet)}\n`,
  );
  await devnet.stop({ keepLogs: true });
  return EXIT_FAILURE;
}

function describe(devnet: Devnet, report: (text: string) => void): void {
  const computeNodes = devnet.nodes.filter(({ role }) => role !== 'orchestrator').length;
  report(`Bacalhau ${devnet.version} at ${devnet.url}, ${computeNodes} compute node${computeNodes === 1 ? '' : 's'}`);
  report(`Logs: ${logFolders(devnet)}`);
  report('Ctrl-C stops it and removes everything. To use it from another terminal:');
  const assignments = Object.entries(devnet.env).map(([name, value]) => `${name}=${value}`);
  process.stdout.write(`export ${assignments.join(' ')}\n`);
}

function logFolders(devnet: Devnet): string {
  return [...new Set(devnet.nodes.map(({ logFile }) => logFile))].join(' ');
}

async function ownVersion(): Promise<string> {
  const manifest: unknown = JSON.parse(await readFile(packageFile('package.json'), 'utf8'));
  return typeof manifest === 'object' && manifest !== null && 'version' in manifest ? String(manifest.version) : '';
}

// `exitCode`, not `exit()`, which would cut off output to a pipe.
try {
  process.exitCode = await main();
} catch (error) {
  process.exitCode = error instanceof UsageError ? EXIT_USAGE : EXIT_FAILURE;
  const hint = error instanceof UsageError ? '\nTry bacalhau-devnet --help' : '';
  process.stderr.write(`${messageOf(error)}${hint}\n`);
}
