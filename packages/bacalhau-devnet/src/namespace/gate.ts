/**
 * Both ends of the forwarding into a network namespace and out of it. The namespace has only loopback, so the two are
 * connected by Unix sockets, one for each port.
 *
 *   gate outer SETTINGS   on this machine
 *   gate inner SETTINGS   in the namespace, which exists as long as this process or a server in it
 */
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { connect, createServer, type ListenOptions, type NetConnectOpts, type Server } from 'node:net';
import { pipeline } from 'node:stream';
import { codeOf, messageOf } from '../errors.js';
import { type GateSettings, inwardSocket, namespaceFile, outwardSocket } from './layout.js';

const LOOPBACK = '127.0.0.1';

/** Forwards every connection. Each direction ends on its own, as a direct connection's do, but a failure ends both. */
async function forward(from: ListenOptions, target: NetConnectOpts): Promise<void> {
  const server: Server = createServer({ allowHalfOpen: true }, (near) => {
    const far = connect({ ...target, allowHalfOpen: true });
    // A failure is the end of both sockets, which is all that can be passed on.
    const onEnd = (): void => {};
    pipeline(near, far, onEnd);
    pipeline(far, near, onEnd);
  });
  server.listen(from);
  await once(server, 'listening');
}

const loopback = (port: number) => ({ host: LOOPBACK, port });

async function outer({ dir, forwards, hostPorts }: GateSettings): Promise<void> {
  for (const { port, inside } of forwards) {
    try {
      await forward({ ...loopback(port), exclusive: true }, { path: inwardSocket(dir, inside) });
    } catch (error) {
      throw codeOf(error) === 'EADDRINUSE' ? new Error(`port ${port} is already in use`, { cause: error }) : error;
    }
  }
  for (const port of hostPorts) await forward({ path: outwardSocket(dir, port) }, loopback(port));
}

async function inner({ dir, forwards, hostPorts, ip }: GateSettings): Promise<void> {
  // A new namespace's loopback is down.
  execFileSync(ip, ['link', 'set', 'lo', 'up'], { stdio: 'inherit' });
  for (const { inside } of forwards) await forward({ path: inwardSocket(dir, inside) }, loopback(inside));
  for (const port of hostPorts) await forward(loopback(port), { path: outwardSocket(dir, port) });
  writeFileSync(namespaceFile(dir), '');
}

function fail(error: unknown): never {
  process.stderr.write(`${messageOf(error)}\n`);
  process.exit(1);
}

const [end, text = '{}'] = process.argv.slice(2);
const settings: GateSettings = JSON.parse(text);
if (end === 'outer') outer(settings).catch(fail);
else if (end === 'inner') inner(settings).catch(fail);
else fail(new Error('usage: gate outer|inner SETTINGS'));
