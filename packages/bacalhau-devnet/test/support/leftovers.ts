import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import type { Devnet } from 'bacalhau-devnet';
import { poll } from './poll.js';

/** What must be gone after a devnet. */
export interface Traces {
  readonly dir: string;
  readonly pids: readonly number[];
  readonly ports: readonly number[];
}

export function tracesOf(devnet: Devnet): Traces {
  return {
    dir: devnet.dir,
    pids: devnet.nodes.map(({ pid }) => pid),
    ports: devnet.nodes.map(({ apiPort }) => apiPort),
  };
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

export function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

/** All that is still there, in words. */
export async function leftovers({ dir, pids, ports }: Traces): Promise<string[]> {
  const found = pids.filter(isAlive).map((pid) => `process ${pid}`);
  for (const port of ports) if (await isListening(port)) found.push(`port ${port}`);
  if (existsSync(dir)) found.push(`directory ${dir}`);
  return found;
}

export async function waitUntilGone(traces: Traces, limitMs?: number): Promise<void> {
  let left: string[] = [];
  const isGone = async () => {
    left = await leftovers(traces);
    return left.length === 0;
  };
  await poll(`nothing to be left of ${traces.dir}`, isGone, limitMs).catch((error: unknown) => {
    throw new Error(`left: ${left.join(', ')}`, { cause: error });
  });
}
