#!/usr/bin/env node
/**
 * The command `bacalhau-devnet`: variables to export go to standard output, everything else to standard error. The
 * standard output of a command that it runs is only that command's.
 */
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { startDevnet } from '../devnet.js';
import { DevnetError, messageOf } from '../errors.js';
import type { Devnet, NodeExit } from '../options.js';
import { packageFile } from '../package-files.js';
import { SERVER_VERSIONS } from '../servers/versions.js';
import { type CommandLine, readCommandLine, USAGE, UsageError } from './arguments.js';
import { CommandError, runCommand } from './command.js';
import { END_SIGNALS, endWithParent } from './signals.js';

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
      return run(commandLine);
  }
}

async function run({ options, quiet, command }: CommandLine & { readonly action: 'run' }): Promise<number> {
  const report = (text: string) => {
    if (!quiet) process.stderr.write(`${text}\n`);
  };
  const interrupt = new AbortController();
  const { signal } = interrupt;
  // `on`, not `once`: a second Ctrl-C must not end the process before the first has cleaned up.
  for (const name of END_SIGNALS) process.on(name, () => interrupt.abort());
  endWithParent();

  const broken = new AbortController();
  const onExit = ({ node, ...exit }: NodeExit) => {
    const how = exit.signal ?? `exit code ${exit.code}`;
    process.stderr.write(`The server ${node.name} ended unexpectedly with ${how}. Logs: ${dirname(node.logFile)}\n`);
    broken.abort();
  };
  let devnet: Devnet;
  try {
    devnet = await startDevnet({ ...options, onProgress: report, signal, onExit });
  } catch (error) {
    if (DevnetError.is(error) && error.code === 'ABORTED') return EXIT_INTERRUPTED;
    throw error;
  }
  try {
    if (signal.aborted) return EXIT_INTERRUPTED;
    describe(devnet, report);
    if (command !== undefined) return await runCommand(command, devnet);
    printVariables(devnet, report);
    await aborted(AbortSignal.any([signal, broken.signal]));
    if (broken.signal.aborted) return EXIT_FAILURE;
    report('Stopping');
    return EXIT_OK;
  } finally {
    await devnet.stop(broken.signal.aborted ? { keepLogs: true } : {});
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

function describe(devnet: Devnet, report: (text: string) => void): void {
  const computeNodes = devnet.nodes.filter(({ role }) => role !== 'orchestrator').length;
  report(`Bacalhau ${devnet.version} at ${devnet.url}, ${computeNodes} compute node${computeNodes === 1 ? '' : 's'}`);
  report(`Logs: ${logFolders(devnet)}`);
}

function printVariables(devnet: Devnet, report: (text: string) => void): void {
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

function exitCodeOf(error: unknown): number {
  if (error instanceof CommandError) return error.exitCode;
  return error instanceof UsageError ? EXIT_USAGE : EXIT_FAILURE;
}

// `exitCode`, not `exit()`, which would cut off output to a pipe.
try {
  process.exitCode = await main();
} catch (error) {
  process.exitCode = exitCodeOf(error);
  const hint = error instanceof UsageError ? '\nTry bacalhau-devnet --help' : '';
  process.stderr.write(`${messageOf(error)}${hint}\n`);
}
