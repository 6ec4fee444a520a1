import type { NodeRole } from './config.js';
import type { JsonObject } from './json.js';

/** Which server binary to use, for {@link startDevnet} and {@link ensureServer}. */
export interface ServerOptions {
  /**
   * - `'auto'` (default): the file that the environment variable `BACALHAU_BIN` names; else `bacalhau` on the PATH, if
   *   it is 1.8 or newer; else as `'pinned'`.
   * - `'pinned'`: exactly the version that this package names ({@link PINNED_SERVER_VERSION}), from the cache of this
   *   user, or built with Go (1.21 or newer, a few minutes, once) and put there.
   * - anything else: the path of a `bacalhau` binary, 1.8 or newer.
   */
  readonly server?: 'auto' | 'pinned' | (string & {});
  /** Gets a sentence now and then: which server is used, how far a build is, what is being waited for. Default: silent. */
  readonly onProgress?: (message: string) => void;
  /**
   * Gives up the start (or the search and build of the server) when aborted: nothing is left behind, and the promise
   * rejects with `DevnetError` of code `ABORTED`. A devnet that runs is not stopped by it. Default: none.
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
   * Leave the servers' logs in the devnet's directory when it ends; `stop({ keepLogs })` overrides it. Default: false.
   */
  readonly keepLogs?: boolean;
  /**
   * A folder for the servers' logs, made if missing. Each start makes a folder of its own in it, which is never
   * removed. Default: a folder in the devnet's directory.
   */
  readonly logDir?: string;
  /**
   * How long the servers may take until all nodes are connected, in milliseconds. Finding or building the server
   * binary does not count. Default: 60000.
   */
  readonly startTimeoutMs?: number;
  /** Called when a server process ends although nobody stopped it. Default: nothing happens. */
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
  /** Its process; another one after a restart. */
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
  /** The node that the process was. */
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
  /** Where it is, for as long as the devnet lives. */
  readonly path: string;
  /** All of it until now. */
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
  /** Whether the API speaks TLS (with `config.API.TLS`). */
  readonly https: boolean;
  /**
   * Environment variables that lead a Bacalhau client here: `BACALHAU_API_HOST` and `BACALHAU_API_PORT`; with TLS also
   * `BACALHAU_HTTPS` and `BACALHAU_API_TLS_USETLS`, and `BACALHAU_API_TLS_INSECURE` if the certificate is self-signed.
   */
  readonly env: Readonly<Record<string, string>>;
  /** Version of the server, such as `v1.9.3`. */
  readonly version: string;
  /** The directory of this network: data, configuration, logs. It goes with the devnet. */
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
   * directory are removed. Resolves when all is gone; may be called again.
   *
   * @param options.keepLogs leave the logs where they are, for instance because a test failed; default: the option of
   *   the same name at the start
   * @throws DevnetError `STOP_FAILED` naming what is left
   */
  stop(options?: { readonly keepLogs?: boolean }): Promise<void>;
  /** The same as `stop()`, for `await using devnet = await startDevnet()`. */
  [Symbol.asyncDispose](): Promise<void>;
}
