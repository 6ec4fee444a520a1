/**
 * The supervisor: a program of its own that owns a devnet's processes, directory and containers, so that they go when
 * the process that started the devnet goes, however that ends. It knows by its standard input, a pipe whose other end
 * only the starting process holds: the system closes it even after SIGKILL.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import { messageOf } from '../errors.js';
import { removeDirectory } from './directory.js';
import { removeJobContainers } from './docker.js';
import {
  logFile,
  type SpawnRequest,
  type SupervisorCommand,
  type SupervisorEvent,
  type Territory,
  temporaryDir,
} from './protocol.js';

const children = new Map<string, ChildProcess>();
const endsLast = new WeakSet<ChildProcess>();
let territory: Territory | undefined;
let stopping = false;

function send(event: SupervisorEvent): void {
  process.stdout.write(`${JSON.stringify(event)}\n`);
}

function handle(command: SupervisorCommand): void {
  if (stopping) return;
  switch (command.type) {
    case 'init':
      try {
        // Not recursive: a directory that is there already is somebody else's.
        mkdirSync(command.dir, { mode: 0o700 });
        territory = command;
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
    case 'adopt':
      if (territory !== undefined) territory = { ...territory, executors: command.executors };
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
  if (territory === undefined) throw new Error('nothing was initialised');
  for (const { path, text } of request.files) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text, { mode: 0o600 });
  }
  const log = openSync(logFile(territory.logDir, request.name), 'a', 0o600);
  try {
    const child = spawn(request.command, request.args, {
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
    if (request.endsLast) endsLast.add(child);
    child.once('exit', (code, signal) => {
      children.delete(request.name);
      send({ type: 'exited', name: request.name, code, signal });
    });
    send({ type: 'spawned', name: request.name, pid });
  } finally {
    closeSync(log);
  }
}

/** Ends one process: SIGTERM, and SIGKILL when that did not help within the grace time. */
async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  signalGroup(child, 'SIGTERM');
  const kill = setTimeout(() => signalGroup(child, 'SIGKILL'), territory?.graceMs ?? 0);
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

async function stop(keepLogs: boolean, exitCode = 0): Promise<void> {
  if (stopping) return;
  stopping = true;
  const problems: string[] = [];
  const ofStage = (last: boolean) => [...children.values()].filter((child) => endsLast.has(child) === last);
  await Promise.all(ofStage(false).map(end));
  await Promise.all(ofStage(true).map(end));
  if (territory !== undefined) {
    problems.push(...(await removeJobContainers(territory.executors, territory.dockerEnv)));
    problems.push(...(await removeDirectory(territory, keepLogs)));
  }
  send({ type: 'stopped', problems });
  process.exitCode = exitCode;
  // Ends the process once the last event is written; with the reader gone there is nobody to wait for.
  process.stdin.destroy();
}

const abandon = (exitCode: number): void => void stop(territory?.keepLogs ?? false, exitCode);

process.stdout.on('error', () => {
  // The reader is gone; the end of standard input says so too, and that is what counts.
});
// A key press in the terminal or its closing must not end this process before it has cleaned up.
process.on('SIGINT', () => {});
process.on('SIGHUP', () => {});
process.on('SIGTERM', () => abandon(0));
process.on('uncaughtException', (error) => {
  process.stderr.write(`${error.stack}\n`);
  abandon(1);
});

const lines = createInterface({ input: process.stdin });
lines.on('line', (line) => {
  const command: SupervisorCommand = JSON.parse(line);
  handle(command);
});
lines.on('close', () => abandon(0));
