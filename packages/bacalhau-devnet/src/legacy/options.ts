import type { DevnetLog, DevnetOptions, ServerOptions } from '../options.js';

/** Which legacy server binary to use. */
export interface LegacyServerOptions extends Pick<ServerOptions, 'onProgress' | 'signal'> {
  /** The path of a Bacalhau 0.3.16. Default: the one in this user's cache, built if it is missing. */
  readonly server?: string;
}

/** Options of {@link startLegacyDevnet}. */
export interface LegacyDevnetOptions
  extends LegacyServerOptions,
    Pick<DevnetOptions, 'env' | 'keepLogs' | 'logDir' | 'startTimeoutMs'> {
  /**
   * What runs jobs: `noop`, nothing, so that they complete at once (`Engine`, `Verifier` and `Publisher` are `Noop`); or
   * `docker`, containers, whose results go to an IPFS node inside of the network (`Docker`, `Noop`, `Ipfs`). Default:
   * `noop`.
   */
  readonly executor?: 'noop' | 'docker';
  /** Number of nodes, 1 to 10, all in one process; each is requester and compute node. Default: 3. */
  readonly nodes?: number;
  /** Called when the server process ends although nobody stopped it. Default: nothing happens. */
  readonly onExit?: (exit: { readonly code: number | null; readonly signal: string | null }) => void;
}

/** A running Bacalhau 0.3.16 network. */
export interface LegacyDevnet {
  /** Base URL of the first node's API, such as `http://127.0.0.1:14321`. */
  readonly url: string;
  /** Host of that API: `127.0.0.1`. */
  readonly host: string;
  /** Port of that API. */
  readonly port: number;
  /** Environment variables that lead a Bacalhau client here: `BACALHAU_API_HOST` and `BACALHAU_API_PORT`. */
  readonly env: Readonly<Record<string, string>>;
  /** Version of the server, `v0.3.16`. */
  readonly version: string;
  /** The ids of its nodes, the one with the API first. */
  readonly nodeIds: readonly string[];
  /** The directory of this network: data, logs. It goes with the devnet. */
  readonly dir: string;
  /** Reads the logs of its processes. */
  logs(): Promise<DevnetLog[]>;
  /**
   * Ends the network and removes what it made: processes, containers, directory. May be called again.
   *
   * @param options.keepLogs leave the logs where they are; default: the option of the same name at the start
   * @throws DevnetError `STOP_FAILED` naming what is left
   */
  stop(options?: { readonly keepLogs?: boolean }): Promise<void>;
  /** The same as `stop()`, for `await using`. */
  [Symbol.asyncDispose](): Promise<void>;
}
