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
   * How jobs run: `noop` completes them at once (`Engine`, `Verifier` and `Publisher` are `Noop`); `docker` runs
   * containers, whose results go to an IPFS node inside the network (`Docker`, `Noop`, `Ipfs`). Default: `noop`.
   */
  readonly executor?: 'noop' | 'docker';
  /** Number of nodes, 1 to 10, all in one process; each is requester and compute node. Default: 3. */
  readonly nodes?: number;
  /** Called when the server process ends without having been stopped. Default: nothing happens. */
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
  /** Environment variables that point a Bacalhau client at this network: `BACALHAU_API_HOST` and `BACALHAU_API_PORT`. */
  readonly env: Readonly<Record<string, string>>;
  /** Version of the server, `v0.3.16`. */
  readonly version: string;
  /** The ids of its nodes, the one with the API first. */
  readonly nodeIds: readonly string[];
  /** The network's directory, with data and logs. It is removed with the devnet. */
  readonly dir: string;
  /** Reads the logs of its processes. */
  logs(): Promise<DevnetLog[]>;
  /**
   * Ends the network and removes its processes, containers and directory. Further calls have no effect.
   *
   * @param options.keepLogs whether to keep the logs; default: the option of the same name at the start
   * @throws DevnetError `STOP_FAILED` naming what remains
   */
  stop(options?: { readonly keepLogs?: boolean }): Promise<void>;
  /** Stops the network, for `await using`. */
  [Symbol.asyncDispose](): Promise<void>;
}
