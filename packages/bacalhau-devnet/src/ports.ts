import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { codeOf, DevnetError } from './errors.js';

// Below the ephemeral ranges (Linux from 32768, macOS and Windows from 49152), so that no outgoing connection takes a
// port between the check and the server's bind; and below 20000 to 32000, which compute nodes give to jobs.
const FIRST = 10_000;
const LAST = 19_999;
const MAX_TRIES = 500;

/** Ports of this process's own devnets: two that start at the same time must not choose the same port. */
const taken = new Set<number>();

/**
 * Finds free TCP ports. Another process may still take one before the server binds it; the caller then retries with
 * others.
 *
 * @throws DevnetError `START_FAILED` if there are none.
 */
export async function takePorts(count: number): Promise<number[]> {
  const ports: number[] = [];
  for (let tries = 0; ports.length < count; tries++) {
    if (tries === MAX_TRIES) {
      releasePorts(ports);
      throw new DevnetError('START_FAILED', `Found no free TCP port from ${FIRST} to ${LAST} in ${MAX_TRIES} tries`);
    }
    const port = randomInt(FIRST, LAST + 1);
    if (taken.has(port)) continue;
    taken.add(port);
    if (await isFree(port)) ports.push(port);
    else taken.delete(port);
  }
  return ports;
}

/** Releases ports that {@link takePorts} has found. */
export function releasePorts(ports: readonly number[]): void {
  for (const port of ports) taken.delete(port);
}

async function isFree(port: number): Promise<boolean> {
  // Both, since some systems let a socket on one address share the port of a socket on all addresses.
  return (await canListen('127.0.0.1', port)) && (await canListen('::', port));
}

function canListen(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error) => {
      // Without IPv6 only IPv4 can collide.
      const noIpv6 = ['EAFNOSUPPORT', 'EADDRNOTAVAIL'].includes(codeOf(error) ?? '');
      resolve(noIpv6 && host === '::' ? canListen('0.0.0.0', port) : false);
    });
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(true)));
  });
}
