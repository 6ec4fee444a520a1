import { childEnv } from '../environment.js';
import { packageFile } from '../package-files.js';
import type { SupervisedProcess, Supervisor } from '../supervisor/client.js';
import { logFile } from '../supervisor/protocol.js';
import { type GateSettings, outwardSocket } from './layout.js';
import { namespaceTools } from './tools.js';

/** The longest path of a Unix socket (unix(7): 108 bytes with the zero at the end). */
const LONGEST_SOCKET_PATH = 107;

/** The longest directory in which there can be the sockets of a gate. */
export const LONGEST_DIR = LONGEST_SOCKET_PATH - outwardSocket('', 65_535).length;

/** The processes of a namespace: the one that holds it, and the one that forwards to it. */
const PROCESSES = ['namespace', 'gate'] as const;

/** The log files of these processes. */
export const gateLogs = (logDir: string) => PROCESSES.map((name) => ({ name, logFile: logFile(logDir, name) }));

/** A network namespace with only loopback. */
export interface Namespace {
  readonly processes: readonly SupervisedProcess[];
  /** The command that runs another one in it. */
  readonly enter: readonly string[];
}

/**
 * Creates a network namespace, and forwards ports into it and out of it. It can be used once the file exists that the
 * layout names.
 *
 * @param version the server that needs it
 * @throws DevnetError `UNSUPPORTED_PLATFORM`, `NAMESPACE_UNAVAILABLE`
 */
export async function startNamespace(
  supervisor: Supervisor,
  version: string,
  gate: Omit<GateSettings, 'ip'>,
): Promise<Namespace> {
  const { create, enter, ip } = await namespaceTools(version);
  const settings: GateSettings = { ...gate, ip };
  const start = (name: (typeof PROCESSES)[number], end: 'inner' | 'outer', wrapper: readonly string[]) =>
    supervisor.spawn({
      name,
      command: process.execPath,
      args: [packageFile('dist/gate.mjs'), end, JSON.stringify(settings)],
      wrapper,
      cwd: gate.dir,
      endsLast: true,
      env: childEnv({ without: ['NODE_OPTIONS'] }),
      files: [],
    });
  const inner = await start('namespace', 'inner', create);
  const outer = await start('gate', 'outer', []);
  return { processes: [inner, outer], enter: enter(inner.pid) };
}
