import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { messageOf } from '../errors.js';
import { isJsonObject, type JsonObject } from '../json.js';
import type { DevnetOptions } from '../options.js';
import { SERVER_VERSIONS } from '../servers/versions.js';

export const USAGE = `Usage: bacalhau-devnet [options] [-- COMMAND [ARGUMENT...]]

Starts a real Bacalhau network on this machine, prints how to reach it, and removes it on Ctrl-C. With a command, runs
that with the variables set that connect it to the network, then removes the network and exits with its exit code.

Options:
  -n, --nodes N        number of compute nodes (default 1)
  -p, --port PORT      port of the API (default: a free one)
  -s, --server WHICH   a version that this package can build (${SERVER_VERSIONS.join(', ')}), "pinned" for the
                       newest of these, or the path of a bacalhau binary
                       (default: BACALHAU_BIN, else bacalhau on the PATH, else pinned)
  -c, --config FILE    the server's configuration as JSON, for all nodes
      --signed-api     turn on the signed API of 1.1 to 1.3 (1.4.0 only)
      --executor HOW   "noop" or "docker" (0.3.16 only; default noop)
      --host-port PORT a port of this machine that the servers reach; may be repeated
      --log-dir DIR    keep the servers' logs in a new folder in DIR
  -q, --quiet          print only the variables to export
  -h, --help           print this
  -v, --version        print the version of this package and of the servers it builds
`;

/** A parsed command line. */
export type CommandLine =
  | { readonly action: 'help' | 'version' }
  | {
      readonly action: 'run';
      readonly quiet: boolean;
      readonly options: DevnetOptions;
      /** What to run on the network, a program and its arguments. */
      readonly command: readonly string[] | undefined;
    };

/** The error for an invalid command line; the message is for the person who typed it. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** @throws UsageError */
export async function readCommandLine(args: readonly string[]): Promise<CommandLine> {
  const end = args.indexOf('--');
  const values = parse(end < 0 ? args : args.slice(0, end));
  const command = end < 0 ? undefined : args.slice(end + 1);
  if (command?.length === 0) throw new UsageError('Pass a command after --');
  if (values.help) return { action: 'help' };
  if (values.version) return { action: 'version' };
  const port = values.port === undefined ? undefined : wholeNumber('--port', values.port, 1, 65_535);
  return {
    action: 'run',
    quiet: values.quiet ?? false,
    command,
    options: {
      ...(values.nodes === undefined ? {} : { computeNodes: wholeNumber('--nodes', values.nodes, 0, 50) }),
      ...(values.server === undefined ? {} : { server: values.server }),
      ...(values['signed-api'] === undefined ? {} : { signedApi: values['signed-api'] }),
      ...(values.executor === undefined ? {} : { executor: readExecutor(values.executor) }),
      ...(values['host-port'] === undefined
        ? {}
        : { hostPorts: values['host-port'].map((text) => wholeNumber('--host-port', text, 1, 65_535)) }),
      ...(values.config === undefined ? {} : { config: await readConfig(values.config) }),
      ...(values['log-dir'] === undefined ? {} : { logDir: values['log-dir'] }),
      ...(port === undefined ? {} : { port }),
    },
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        nodes: { type: 'string', short: 'n' },
        port: { type: 'string', short: 'p' },
        server: { type: 'string', short: 's' },
        config: { type: 'string', short: 'c' },
        'signed-api': { type: 'boolean' },
        executor: { type: 'string' },
        'host-port': { type: 'string', multiple: true },
        'log-dir': { type: 'string' },
        quiet: { type: 'boolean', short: 'q' },
        help: { type: 'boolean', short: 'h' },
        version: { type: 'boolean', short: 'v' },
      },
    }).values;
  } catch (error) {
    throw new UsageError(messageOf(error));
  }
}

function wholeNumber(option: string, text: string, least: number, most: number): number {
  const number = Number(text);
  if (!/^\d+$/.test(text) || number < least || number > most) {
    throw new UsageError(`${option} must be a whole number from ${least} to ${most}, not "${text}"`);
  }
  return number;
}

function readExecutor(text: string): 'noop' | 'docker' {
  if (text === 'noop' || text === 'docker') return text;
  throw new UsageError(`--executor must be "noop" or "docker", not "${text}"`);
}

async function readConfig(file: string): Promise<JsonObject> {
  let config: unknown;
  try {
    config = JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    throw new UsageError(`--config ${file} can't be read as JSON: ${messageOf(error)}`);
  }
  if (!isJsonObject(config)) throw new UsageError(`--config ${file} must contain a JSON object`);
  return config;
}
