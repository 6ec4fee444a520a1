/**
 * What the starting process and its supervisor say to each other: one JSON value a line, commands on the supervisor's
 * standard input, events on its standard output. Both ends are of the same version of this package.
 */
export type SupervisorCommand =
  | ({ readonly type: 'init' } & Territory)
  | ({ readonly type: 'spawn' } & SpawnRequest)
  | { readonly type: 'adopt'; readonly executors: readonly string[] }
  | { readonly type: 'end'; readonly name: string }
  | { readonly type: 'stop'; readonly keepLogs: boolean };

export type SupervisorEvent =
  | { readonly type: 'ready' }
  | { readonly type: 'failed'; readonly message: string }
  | { readonly type: 'spawned'; readonly name: string; readonly pid: number }
  | { readonly type: 'not-spawned'; readonly name: string; readonly message: string }
  | ({ readonly type: 'exited'; readonly name: string } & ProcessExit)
  | { readonly type: 'stopped'; readonly problems: readonly string[] };

/** All that a supervisor owns and has to take away in the end. */
export interface Territory {
  /** The directory; the supervisor makes it and removes it. Its name is unique: no other process has it in its arguments. */
  readonly dir: string;
  /** Where logs go; made by the supervisor too, and removed only if it is inside `dir`. */
  readonly logDir: string;
  /** Whether to leave logs inside `dir` when the starting process goes without saying so. */
  readonly keepLogs: boolean;
  /** How long a process may take to end after SIGTERM before it gets SIGKILL, in milliseconds. */
  readonly graceMs: number;
  /** Values of Docker's label `bacalhau-executor` on the containers and networks of this devnet's jobs. */
  readonly executors: readonly string[];
  /** How to reach Docker: the DOCKER_* environment that the servers see. */
  readonly dockerEnv: Readonly<Record<string, string>>;
}

export interface SpawnRequest {
  /** Also the name of its log file, with `.log`. A name can be used again once its process has ended. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** The whole environment of the process. */
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** At the stop, whether to end this one only after the others have ended, because they need it to end well. */
  readonly endsLast: boolean;
  /** Files to write before the start, only readable for this user. Folders are made. */
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

/** The folder for temporary files inside a territory; the supervisor makes it. */
export function temporaryDir(dir: string): string {
  return `${dir}/tmp`;
}
