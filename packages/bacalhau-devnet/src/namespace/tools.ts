import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { findOnPath } from '../binary/find.js';
import { DevnetError, messageOf } from '../errors.js';

/** The commands for a network namespace, with the arguments that this user needs. */
export interface NamespaceTools {
  /** Runs a command in a new network namespace, in place of itself. */
  readonly create: readonly string[];
  /** Runs a command in the network namespace of a process, in place of itself. */
  enter(pid: number): readonly string[];
  /** The path of `ip`. */
  readonly ip: string;
}

/** The folders of `ip` on systems where they are not on the PATH of ordinary users. */
const SYSTEM_FOLDERS: readonly string[] = ['/usr/sbin', '/sbin'];

/**
 * Finds the commands that create and enter a network namespace, and tries them, because containers and hardened systems
 * forbid it.
 *
 * @param version the server that needs it
 * @throws DevnetError `UNSUPPORTED_PLATFORM`, `NAMESPACE_UNAVAILABLE`
 */
export async function namespaceTools(version: string): Promise<NamespaceTools> {
  if (process.platform !== 'linux') {
    throw new DevnetError(
      'UNSUPPORTED_PLATFORM',
      `Bacalhau ${version} needs the network namespaces of Linux, because it listens on all addresses.`,
    );
  }
  const [unshare, nsenter, ip] = await Promise.all([
    findOnPath('unshare'),
    findOnPath('nsenter'),
    findOnPath('ip', SYSTEM_FOLDERS),
  ]);
  if (unshare === undefined || nsenter === undefined || ip === undefined) {
    throw new DevnetError(
      'NAMESPACE_UNAVAILABLE',
      `Bacalhau ${version} runs in a network namespace, which needs the commands \`unshare\` and \`nsenter\` (package util-linux) and \`ip\` (package iproute2) on the PATH.`,
    );
  }
  // Without root, a user can still be root in a user namespace.
  const isRoot = process.getuid?.() === 0;
  const create = [unshare, '--net', ...(isRoot ? [] : ['--user', '--map-root-user'])];
  try {
    await promisify(execFile)(unshare, [...create.slice(1), ip, 'link', 'set', 'lo', 'up']);
  } catch (error) {
    throw new DevnetError(
      'NAMESPACE_UNAVAILABLE',
      `This system does not let this user create a network namespace, which Bacalhau ${version} needs: ${messageOf(error)}`,
      { cause: error },
    );
  }
  return {
    create,
    enter: (pid) => [
      nsenter,
      `--net=/proc/${pid}/ns/net`,
      ...(isRoot ? [] : [`--user=/proc/${pid}/ns/user`, '--preserve-credentials']),
    ],
    ip,
  };
}
