import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { DevnetError, messageOf } from '../errors.js';
import { findOnPath } from '../server/find.js';

/** The command that runs another one in a network namespace of its own. */
export interface NamespaceCommand {
  readonly command: string;
  readonly args: readonly string[];
  /** The path of `ip`, which brings up the namespace's loopback. */
  readonly ip: string;
}

/** Where `ip` is on systems whose ordinary users don't have these on their PATH. */
const ADMINISTRATORS_FOLDERS: readonly string[] = ['/usr/sbin', '/sbin'];

/**
 * How to make a network namespace here; tried out, because containers and hardened systems forbid it.
 *
 * The processes get a namespace of their own, too: its first one takes all others with it, however it ends.
 *
 * @throws DevnetError `NAMESPACE_UNAVAILABLE`
 */
export async function namespaceCommand(): Promise<NamespaceCommand> {
  const [unshare, ip] = await Promise.all([findOnPath('unshare'), findOnPath('ip', ADMINISTRATORS_FOLDERS)]);
  if (unshare === undefined || ip === undefined) {
    throw new DevnetError(
      'NAMESPACE_UNAVAILABLE',
      'The legacy devnet needs the commands `unshare` (package util-linux) and `ip` (package iproute2) on the PATH.',
    );
  }
  const args = [
    '--net',
    '--pid',
    '--fork',
    '--kill-child',
    // Whoever is not root can be root of a namespace.
    ...(process.getuid?.() === 0 ? [] : ['--user', '--map-root-user']),
  ];
  try {
    await promisify(execFile)(unshare, [...args, ip, 'link', 'set', 'lo', 'up']);
  } catch (error) {
    throw new DevnetError(
      'NAMESPACE_UNAVAILABLE',
      `This system does not let this user make a network namespace, which the legacy devnet needs: ${messageOf(error)}`,
      { cause: error },
    );
  }
  return { command: unshare, args, ip };
}
