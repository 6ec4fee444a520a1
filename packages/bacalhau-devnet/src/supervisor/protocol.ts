/**
 * The protocol between the starting process and its supervisor: one JSON value per line, commands on the supervisor's
 * standard input, events on its standard output. Both ends have the same version of this package.
 */
export type SupervisorCommand =
  | ({ readonly type: 'init' } & SupervisedScope)
  | ({ readonly type: 'spawn' } & SpawnRequest)
  | { readonly type: 'set-executors'; readonly executors: readonly string[] }
  | { readonly type: 'end'; readonly name: string }
  | { readonly type: 'stop'; readonly keepLogs: boolean };

export type SupervisorEvent =
  | { readonly type: 'ready' }
  | { readonly type: 'failed'; readonly message: string }
  | { readonly type: 'spawned'; readonly name: string; readonly pid: number }
  | { readonly type: 'not-spawned'; readonly name: string; readonly message: string }
  | ({ readonly type: 'exited'; readonly name: string } & ProcessExit)
  | { readonly type: 'stopped'; readonly problems: readonly string[] };

/** Everything that a supervisor owns and removes at its end. */
export interface SupervisedScope {
  /**
   * The directory, created and removed by the supervisor. Its name is unique: no other process has it in its arguments
   * or as its TMPDIR.
   */
  readonly dir: string;
  /** The folder for logs, created by the supervisor too, and removed only if it is inside `dir`. */
  readonly logDir: string;
  /** Whether to keep logs inside `dir` when the starting process ends without a stop command. */
  readonly keepLogs: boolean;
  /** How long a process may take to end after its signal before it gets SIGKILL, in milliseconds. */
  readonly graceMs: number;
  /** Values of Docker's label `bacalhau-executor` on the containers and networks of this devnet's jobs. */
  readonly executors: readonly string[];
  /** How to reach Docker: the DOCKER_* environment that the servers see. */
  readonly dockerEnv: Readonly<Record<string, string>>;
}

export interface SpawnRequest {
  /** The process's name, and with `.log` that of its log file. It can be reused once the process has ended. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** A command and its arguments that run it and put it in their own place, such as `nsenter`. */
  readonly wrapper?: readonly string[];
  /** The signal at which it shuts down cleanly. Default: SIGTERM. */
  readonly endSignal?: 'SIGTERM' | 'SIGINT';
  /** The whole environment of the process. */
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** Whether to end it only after the others have ended, because they need it to shut down cleanly. */
  readonly endsLast: boolean;
  /** Files to write before the start, readable by this user only. Folders are created. */
  readonly files: readonly { readonly path: string; readonly text: string }[];
}

export interface ProcessExit {
  /** Exit code, or null when a signal ended it. */
  readonly code: number | null;
  /** The signal that ended it, or null. */
  readonly signal: string | null;
}

/** The log file of one process. */
export function logFile(logDir: string, name: string): string {
  return `${logDir}/${name}.log`;
}

/** The names of devnets' directories. */
export const DIRECTORY_NAME = /^bacalhau-devnet-[0-9a-f]{10}$/;

/** The environment variable by which processes that use a devnet are found, and ended if its starter is killed. */
export const DIRECTORY_VARIABLE = 'BACALHAU_DEVNET_DIR';

/** The folder for temporary files in a devnet's directory, created by the supervisor. */
export function temporaryDir(dir: string): string {
  return `${dir}/tmp`;
}
