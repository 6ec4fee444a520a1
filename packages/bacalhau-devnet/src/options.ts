import type { JsonObject } from './json.js';
import type { NodeRole } from './plan.js';
import type { ServerVersion } from './servers/versions.js';

/** Which server binary to use, for {@link startDevnet} and {@link ensureServer}. */
export interface ServerOptions {
  /**
   * - `'auto'` (default): the file that the environment variable `BACALHAU_BIN` names; else `bacalhau` on the PATH, if
   *   it is 1.8 or newer; else as `'pinned'`.
   * - `'pinned'`: exactly the version that this package names ({@link PINNED_SERVER_VERSION}), from the package for this
   *   platform that npm installs beside this one (`bacalhau-devnet-linux-x64` and the like); else from this user's cache,
   *   or built into it with Go (1.21 or newer, a few minutes, once).
   * - a version, one of {@link SERVER_VERSIONS}: exactly this one, found or built in the same way; only the newest is in a
   *   package. Servers before 1.8 run in a network namespace of their own, because they listen on all addresses; that
   *   needs Linux.
   * - anything else: the path of a `bacalhau` binary, 0.3.16, 1.4, 1.6, 1.7, or 1.8 and newer.
   */
  readonly server?: 'auto' | 'pinned' | ServerVersion | (string & {});
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
  /**
   * Number of compute nodes, each a process of its own, 0 to 50. Of 0.3.16: number of nodes, each orchestrator and compute
   * node, 1 to 10, all in one process. Default: 1.
   */
  readonly computeNodes?: number;
  /** Port of the network's API on loopback. Default: a free one. */
  readonly port?: number;
  /**
   * The server's own configuration (its documentation calls it `config.yaml`), merged into all nodes, in the words of its
   * version: 1.4 has other names than 1.6 and newer, and 0.3.16 has none. Ports and addresses that differ from node to
   * node are set by the devnet; fix them in the configuration of a role.
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
   * Turns on the signed API below `/api/v1/requester`, which 1.1 to 1.3 have, and which 1.4 has too, switched off. Only of
   * 1.4.0. Default: false.
   */
  readonly signedApi?: boolean;
  /**
   * How jobs run, only of 0.3.16: `noop` completes them at once (`Engine`, `Verifier` and `Publisher` are `Noop`); `docker`
   * runs containers, whose results go to an IPFS node inside the network (`Docker`, `Noop`, `Ipfs`). Default: `noop`.
   */
  readonly executor?: 'noop' | 'docker';
  /**
   * Ports of this machine's loopback that servers in a network namespace reach as their own, for instance of a web server
   * with the inputs of jobs, or of a store for their results. Servers from 1.8 on reach all of them anyway. Default: none.
   */
  readonly hostPorts?: readonly number[];
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

/** One node of a devnet: a server process, but of 0.3.16, where all are in one. */
export interface DevnetNode {
  /** `orchestrator`, `compute-1`, `compute-2`, …; of 0.3.16 `node-1`, `node-2`, … */
  readonly name: string;
  /** `orchestrator` or `compute`; of 0.3.16 `hybrid`, both at once. */
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
  /** Name of the process: the node's, of 0.3.16 `devstack`. */
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
  /** Reads the logs of all servers. */
  logs(): Promise<DevnetLog[]>;
  /**
   * Ends one server process (SIGTERM, SIGKILL after a few seconds) and starts it again with the same configuration,
   * ports and data. Resolves when all compute nodes are connected again: after an orchestrator's restart that takes them
   * up to half a minute, less with a shorter `Compute.Heartbeat.Interval` in their configuration.
   *
   * @param name name of the node; default `orchestrator`
   * @throws DevnetError `START_FAILED`, `START_TIMEOUT` (after `startTimeoutMs`), `INVALID_OPTIONS` for an unknown name, and of
   *   0.3.16, which starts without the data that it had
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
