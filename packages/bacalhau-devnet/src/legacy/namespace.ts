import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { DevnetError, messageOf } from '../errors.js';
import { findOnPath } from '../server/find.js';

/** The command that runs another command in a new network namespace. */
export interface NamespaceCommand {
  readonly command: string;
  readonly args: readonly string[];
  /** The path of `ip`, which brings up the namespace's loopback. */
  readonly ip: string;
}

/** The folders of `ip` on systems where they are not on the PATH of ordinary users. */
const SYSTEM_FOLDERS: readonly string[] = ['/usr/sbin', '/sbin'];

/**
 * Finds the command that creates a network namespace, and tries it, because containers and hardened systems forbid it.
 *
 * The processes get a PID namespace, too: all of them end with its first one, however it ends.
 *
 * @throws DevnetError `NAMESPACE_UNAVAILABLE`
 */
export async function namespaceCommand(): Promise<NamespaceCommand> {
  const [unshare, ip] = await Promise.all([findOnPath('unshare'), findOnPath('ip', SYSTEM_FOLDERS)]);
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
    // Without root, a user can still be root in a user namespace.
    ...(process.getuid?.() === 0 ? [] : ['--user', '--map-root-user']),
  ];
  try {
    await promisify(execFile)(unshare, [...args, ip, 'link', 'set', 'lo', 'up']);
  } catch (error) {
    throw new DevnetError(
      'NAMESPACE_UNAVAILABLE',
      `This system does not let this user create a network namespace, which the legacy devnet needs: ${messageOf(error)}`,
      { cause: error },
    );
  }
  return { command: unshare, args, ip };
}
