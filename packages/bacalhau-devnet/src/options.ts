import type { NodeRole } from './config.js';
import type { JsonObject } from './json.js';

/** Which server binary to use, for {@link startDevnet} and {@link ensureServer}. */
export interface ServerOptions {
  /**
   * - `'auto'` (default): the file that the environment variable `BACALHAU_BIN` names; else `bacalhau` on the PATH, if
   *   it is 1.8 or newer; else as `'pinned'`.
   * - `'pinned'`: exactly the version that this package names ({@link PINNED_SERVER_VERSION}), from this user's cache, or
   *   built into it with Go (1.21 or newer, a few minutes, once).
   * - anything else: the path of a `bacalhau` binary, 1.8 or newer.
   */
  readonly server?: 'auto' | 'pinned' | (string & {});
  /** Called with progress messages: which server is used, how far a build is, what is being waited for. Default: silent. */
  readonly onProgress?: (message: string) => void;
  /**
   * Aborts the start (or the search and build of the server): everything is cleaned up, and the promise rejects with a
   * `DevnetError` of code `ABORTED`. It does not stop a running devnet. Default: none.
   */
  readonly signal?: AbortSignal;
}

/** Options of {@link startDevnet}. */
export interface DevnetOptions extends ServerOptions {
  /** Number of compute nodes, each a process of its own, 0 to 50. Default: 1. */
  readonly computeNodes?: number;
  /**
   * The server's own configuration (its documentation calls it `config.yaml`), merged into all nodes. Ports and
   * addresses that differ from node to node are set by the devnet; fix them in the configuration of a role.
   *
   * @example { API: { TLS: { SelfSigned: true } }, Logging: { Level: 'debug' } }
   */
  readonly config?: JsonObject;
  /**
   * More configuration for the orchestrator only; wins over `config`.
   *
   * @example { API: { Port: 1234 } }
   */
  readonly orchestratorConfig?: JsonObject;
  /**
   * More configuration for the compute nodes only; wins over `config`.
   *
   * @example { Compute: { AllowListedLocalPaths: ['/data:rw'] } }
   */
  readonly computeConfig?: JsonObject;
  /**
   * More environment variables for the servers, such as `AWS_ACCESS_KEY_ID` or `DOCKER_HOST`. They get this process's
   * environment too, without its `BACALHAU_*` variables: those would override the configuration. Default: none.
   */
  readonly env?: Readonly<Record<string, string>>;
  /**
   * Whether to keep the servers' logs in the devnet's directory at its end; `stop({ keepLogs })` overrides it. Default:
   * false.
   */
  readonly keepLogs?: boolean;
  /**
   * A folder for the servers' logs, created if missing. Each start creates its own folder in it, which is never removed. Default: a folder in the devnet's directory.
   */
  readonly logDir?: string;
  /**
   * How long the servers may take until all nodes are connected, in milliseconds. Finding or building the server
   * binary does not count. Default: 60000.
   */
  readonly startTimeoutMs?: number;
  /** Called when a server process ends without having been stopped. Default: nothing happens. */
  readonly onExit?: (exit: NodeExit) => void;
}

/** One server process of a devnet. */
export interface DevnetNode {
  /** `orchestrator`, `compute-1`, `compute-2`, … */
  readonly name: string;
  /** `orchestrator` or `compute`. */
  readonly role: NodeRole;
  /** Its node id in the network. */
  readonly id: string;
  /** Its process id; it changes at a restart. */
  readonly pid: number;
  /** The port of its own HTTP API. Jobs go to the orchestrator's. */
  readonly apiPort: number;
  /** Its data directory. */
  readonly dataDir: string;
  /** Its log file. */
  readonly logFile: string;
  /** Whether the process runs. */
  readonly running: boolean;
}

/** The unexpected end of a server process. */
export interface NodeExit {
  /** The node whose process ended. */
  readonly node: DevnetNode;
  /** Exit code, or null when a signal ended it. */
  readonly code: number | null;
  /** The signal that ended it, or null. */
  readonly signal: string | null;
}

/** The log of one server process. */
export interface DevnetLog {
  /** Name of the node. */
  readonly name: string;
  /** Its path, valid until the devnet ends. */
  readonly path: string;
  /** Its whole content so far. */
  readonly text: string;
}

/** A running Bacalhau network. */
export interface Devnet {
  /** Base URL of the orchestrator's API, such as `http://127.0.0.1:14321`. */
  readonly url: string;
  /** Host of the orchestrator's API. */
  readonly host: string;
  /** Port of the orchestrator's API. */
  readonly port: number;
  /** Whether the API uses TLS (with `config.API.TLS`). */
  readonly https: boolean;
  /**
   * Environment variables that point a Bacalhau client at this network: `BACALHAU_API_HOST` and `BACALHAU_API_PORT`; with TLS also
   * `BACALHAU_HTTPS` and `BACALHAU_API_TLS_USETLS`, and `BACALHAU_API_TLS_INSECURE` if the certificate is self-signed.
   */
  readonly env: Readonly<Record<string, string>>;
  /** Version of the server, such as `v1.9.3`. */
  readonly version: string;
  /** The network's directory, with data, configuration and logs. It is removed with the devnet. */
  readonly dir: string;
  /** The orchestrator first, then the compute nodes. */
  readonly nodes: readonly DevnetNode[];
  /** Reads the logs of all nodes. */
  logs(): Promise<DevnetLog[]>;
  /**
   * Ends one server process (SIGTERM, SIGKILL after a few seconds) and starts it again with the same configuration,
   * ports and data. Resolves when all compute nodes are connected again: after an orchestrator's restart that takes them
   * up to half a minute, less with a shorter `Compute.Heartbeat.Interval` in their configuration.
   *
   * @param name name of the node; default `orchestrator`
   * @throws DevnetError `START_FAILED`, `START_TIMEOUT` (after `startTimeoutMs`), `INVALID_OPTIONS` for an unknown name
   */
  restart(name?: string): Promise<void>;
  /**
   * Ends the network: SIGTERM to every server, SIGKILL after a few seconds, then the containers of its jobs and its
   * directory are removed. Resolves once everything is removed; further calls have no effect.
   *
   * @param options.keepLogs whether to keep the logs, for instance because a test failed; default: the option of the
   *   same name at the start
   * @throws DevnetError `STOP_FAILED` naming what remains
   */
  stop(options?: { readonly keepLogs?: boolean }): Promise<void>;
  /** Stops the network, for `await using devnet = await startDevnet()`. */
  [Symbol.asyncDispose](): Promise<void>;
}
