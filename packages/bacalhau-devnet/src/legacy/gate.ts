/**
 * Both ends of the forwarding into the network namespace of a legacy devnet. Such a server always listens on all addresses,
 * so it gets a namespace of its own that has only loopback, and is reached through a Unix socket.
 *
 *   gate outer DIR PORT                    listens on a loopback port, forwards to the socket in DIR
 *   gate inner DIR NODES IP COMMAND ARGS…  in the namespace: starts the server, forwards the socket to it
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, renameSync, writeFileSync } from 'node:fs';
import { connect, createServer, type NetConnectOpts, type Server } from 'node:net';
import { constants } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { messageOf } from '../errors.js';
import { callHttp } from '../http.js';
import { temporaryDir } from '../supervisor/protocol.js';
import { FIRST_API_PORT, type NodesFile, nodesFile, READY_FILE, socketFile } from './layout.js';

const LOOPBACK = '127.0.0.1';
const POLL_MS = 50;

/** Forwards every connection in both directions until either end closes. */
function forward(target: NetConnectOpts): Server {
  return createServer((near) => {
    const far = connect(target);
    const end = (): void => {
      near.destroy();
      far.destroy();
    };
    near.on('error', end).on('close', end);
    far.on('error', end).on('close', end);
    near.pipe(far).pipe(near);
  });
}

function outer(dir: string, port: number): void {
  const server = forward({ path: socketFile(dir) });
  server.listen(port, LOOPBACK);
  process.once('SIGTERM', () => process.exit());
}

async function inner(dir: string, nodes: number, [ip = '', command = '', ...args]: readonly string[]): Promise<void> {
  let child: ChildProcess | undefined;
  // The server only handles SIGINT. The first process of a PID namespace receives only signals that it handles.
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => (child === undefined ? process.exit() : child.kill('SIGINT')));
  }
  // A new namespace's loopback is down.
  execFileSync(ip, ['link', 'set', 'lo', 'up'], { stdio: 'inherit' });
  // A process group of its own: the signal that ends a group would end the server before it has cleaned up.
  child = spawn(command, args, { stdio: 'inherit', detached: true });
  child.once('error', (error) => fail(error));
  child.once('exit', (code, signal) => process.exit(code ?? 128 + (signal === null ? 0 : constants.signals[signal])));
  forward({ host: LOOPBACK, port: FIRST_API_PORT }).listen(socketFile(dir));
  while (!existsSync(`${temporaryDir(dir)}/${READY_FILE}`)) await delay(POLL_MS);
  const ids = await Promise.all(Array.from({ length: nodes }, (_, index) => nodeId(FIRST_API_PORT + index)));
  const content: NodesFile = { ids };
  // Atomically, so that nobody reads a part of it.
  writeFileSync(`${nodesFile(dir)}.tmp`, JSON.stringify(content));
  renameSync(`${nodesFile(dir)}.tmp`, nodesFile(dir));
}

async function nodeId(port: number): Promise<string> {
  const { body } = await callHttp({ host: LOOPBACK, port }, { path: '/id', timeoutMs: 10_000 });
  const id: unknown = JSON.parse(body);
  if (typeof id !== 'string') throw new Error(`the node at port ${port} reports the id ${body}`);
  return id;
}

function fail(error: unknown): never {
  process.stderr.write(`${messageOf(error)}\n`);
  process.exit(1);
}

const [end, dir = '', number = '', ...rest] = process.argv.slice(2);
if (end === 'outer') outer(dir, Number(number));
else if (end === 'inner') inner(dir, Number(number), rest).catch(fail);
else fail(new Error('usage: gate outer DIR PORT | gate inner DIR NODES IP COMMAND ARGS…'));
