/**
 * The supervisor: a separate program that owns a devnet's processes, directory and containers, and removes them when the
 * process that started the devnet ends, in whatever way. It notices by its standard input, a pipe whose other end only
 * the starting process holds: the system closes it even after SIGKILL.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import { messageOf } from '../errors.js';
import { packageFile } from '../package-files.js';
import { endUsers } from './clean-up.js';
import { removeDirectory } from './directory.js';
import { removeJobContainers } from './docker.js';
import {
  logFile,
  type SpawnRequest,
  type SupervisedScope,
  type SupervisorCommand,
  type SupervisorEvent,
  temporaryDir,
} from './protocol.js';
import { writeRecord } from './record.js';

const children = new Map<string, ChildProcess>();
const requests = new WeakMap<ChildProcess, SpawnRequest>();
/** The programs that this process was told to start. */
const commands = new Set<string>();
let scope: SupervisedScope | undefined;
let watcher: ChildProcess | undefined;
let stopping = false;

function send(event: SupervisorEvent): void {
  process.stdout.write(`${JSON.stringify(event)}\n`);
}

function handle(command: SupervisorCommand): void {
  if (stopping) return;
  switch (command.type) {
    case 'init':
      try {
        // Not recursive: an existing directory belongs to somebody else.
        mkdirSync(command.dir, { mode: 0o700 });
        scope = command;
        writeRecord(scope, commands);
        watcher = startWatcher(command.dir);
        mkdirSync(temporaryDir(command.dir));
        mkdirSync(command.logDir, { recursive: true });
        send({ type: 'ready' });
      } catch (error) {
        send({ type: 'failed', message: messageOf(error) });
      }
      return;
    case 'spawn':
      try {
        start(command);
      } catch (error) {
        send({ type: 'not-spawned', name: command.name, message: messageOf(error) });
      }
      return;
    case 'set-executors':
      if (scope === undefined) return;
      scope = { ...scope, executors: command.executors };
      writeRecord(scope, commands);
      return;
    case 'end': {
      const child = children.get(command.name);
      if (child !== undefined) void end(child);
      return;
    }
    case 'stop':
      void stop(command.keepLogs);
  }
}

function start(request: SpawnRequest): void {
  if (scope === undefined) throw new Error('the supervisor was not initialized');
  remember(scope, request);
  for (const { path, text } of request.files) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text, { mode: 0o600 });
  }
  const log = openSync(logFile(scope.logDir, request.name), 'a', 0o600);
  try {
    const [command, ...args] = [...(request.wrapper ?? []), request.command, ...request.args];
    const child = spawn(command ?? '', args, {
      cwd: request.cwd,
      env: request.env,
      stdio: ['ignore', log, log],
      // A process group of its own, so that what it starts ends with it.
      detached: true,
    });
    child.once('error', (error) => {
      if (child.pid === undefined) send({ type: 'not-spawned', name: request.name, message: error.message });
    });
    const { pid } = child;
    if (pid === undefined) return;
    children.set(request.name, child);
    requests.set(child, request);
    child.once('exit', (code, signal) => {
      children.delete(request.name);
      send({ type: 'exited', name: request.name, code, signal });
    });
    send({ type: 'spawned', name: request.name, pid });
  } finally {
    closeSync(log);
  }
}

/** Records the programs of a request before they run. */
function remember(current: SupervisedScope, { command, wrapper = [] }: SpawnRequest): void {
  const before = commands.size;
  for (const program of [command, ...wrapper.slice(0, 1)]) commands.add(program);
  if (commands.size > before) writeRecord(current, commands);
}

/** Starts the process that cleans up if this one is killed. */
function startWatcher(dir: string): ChildProcess {
  const started = spawn(process.execPath, [packageFile('dist/watcher.mjs'), dir], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
    cwd: '/',
  });
  // Without a watcher everything works but for that case.
  started.on('error', () => {});
  started.stdin.on('error', () => {});
  return started;
}

/** Ends one process: its signal, and SIGKILL after the grace time. */
async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  signalGroup(child, requests.get(child)?.endSignal ?? 'SIGTERM');
  const kill = setTimeout(() => signalGroup(child, 'SIGKILL'), scope?.graceMs ?? 0);
  await ended;
  clearTimeout(kill);
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  // Only while Node has not yet seen its end: until then the system can't have given the number to another process.
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // The group is gone already; the exit event follows.
  }
}

async function stop(keepLogs: boolean): Promise<void> {
  if (stopping) return;
  stopping = true;
  await removeAll(keepLogs, [], 0);
}

/** Ends what uses the network, too: whoever has started that can no longer do so. */
async function shutDown(exitCode: number): Promise<void> {
  if (stopping) return;
  stopping = true;
  await removeAll(scope?.keepLogs ?? false, scope === undefined ? [] : await endUsers(scope.dir), exitCode);
}

async function removeAll(keepLogs: boolean, earlier: readonly string[], exitCode: number): Promise<void> {
  const problems = [...earlier];
  const inStage = (last: boolean) => [...children.values()].filter((child) => requests.get(child)?.endsLast === last);
  await Promise.all(inStage(false).map(end));
  await Promise.all(inStage(true).map(end));
  if (scope !== undefined) {
    problems.push(...(await removeJobContainers(scope.executors, scope.dockerEnv)));
    problems.push(...(await removeDirectory(scope, keepLogs)));
  }
  // Before its standard input closes, so that it does nothing.
  watcher?.kill('SIGKILL');
  send({ type: 'stopped', problems });
  process.exitCode = exitCode;
  // Ends the process once the last event is written; with the reader gone there is nobody to wait for.
  process.stdin.destroy();
}

process.stdout.on('error', () => {
  // The reader is gone; standard input ends too, and that is handled below.
});
// Neither Ctrl-C nor a closed terminal may end this process before it has cleaned up.
process.on('SIGINT', () => {});
process.on('SIGHUP', () => {});
process.on('SIGTERM', () => void shutDown(0));
process.on('uncaughtException', (error) => {
  process.stderr.write(`${error.stack}\n`);
  void shutDown(1);
});

const lines = createInterface({ input: process.stdin });
lines.on('line', (line) => {
  const command: SupervisorCommand = JSON.parse(line);
  handle(command);
});
lines.on('close', () => void shutDown(0));
