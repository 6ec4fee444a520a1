import type { Logger } from '../logging/index.js';

/** The sockets that a client and those derived from it keep open between calls. */
export interface Connections {
  /** How a URL is reached. Nothing is opened yet. */
  route(url: URL, settings: RouteSettings): Promise<Route>;
  close(): void;
}

export interface RouteSettings {
  /** The PEM texts of authorities trusted beside the runtime's, or none. */
  readonly ca: readonly string[] | undefined;
  /** Takes any certificate. */
  readonly insecure: boolean;
  /** Which proxy a URL goes through; `inRange` compares an IP address with a CIDR range. */
  readonly proxyFor: (url: URL, inRange: (address: string, cidr: string) => boolean) => Promise<URL | undefined>;
  /** An application's own agents; they decide everything then, proxies too. */
  readonly httpAgent: HttpAgent | undefined;
  readonly httpsAgent: HttpAgent | undefined;
  /** Whether the connection is to become another protocol's, which only a tunnel through a proxy can. */
  readonly upgrade: boolean;
}

export interface Route {
  /** For `http.request` and the like; absent where the runtime pools connections by itself. */
  readonly agent: HttpAgent | undefined;
  /** A proxy that plain `http:` requests are sent to whole. A tunnel through one is the agent's own business. */
  readonly forwardProxy: ForwardProxy | undefined;
}

export interface ForwardProxy {
  readonly protocol: string;
  readonly host: string;
  readonly port: number;
  readonly auth?: { readonly username: string; readonly password: string };
}

/** The part of Node's `http.Agent` and `https.Agent` that is relied on here, so that no Node type is needed to name it. */
export interface HttpAgent {
  /** How many sockets it opens to one host. */
  readonly maxSockets: number;
  /** Closes its sockets. */
  destroy(): void;
}

/** SHA-256 of what comes piece by piece. */
export interface Hasher {
  update(chunk: Uint8Array): void;
  /** In base64. */
  digest(): string;
}

/** A place on disk that is filled in one step: nothing shows in it before `commit`, and nothing stays after `discard`. */
export interface DownloadFolder {
  /** Absolute. */
  readonly directory: string;
  addDirectory(path: readonly string[]): Promise<void>;
  /** Resolves to the number of bytes. Only the permission bits of `mode` are used. */
  addFile(path: readonly string[], content: AsyncIterable<Uint8Array>, mode: number | undefined): Promise<number>;
  /** Puts everything into place. */
  commit(): Promise<void>;
  /** Removes everything that is not in place. */
  discard(): Promise<void>;
}

/** How a WebSocket came to its end; there always is one. */
export type SocketEnd =
  /** It was open, and is closed: with the peer's code, or 1006 where the connection broke. */
  | { readonly kind: 'closed'; readonly code: number; readonly reason: string }
  /** The server answered the upgrade with an ordinary response. */
  | {
      readonly kind: 'refused';
      readonly status: number;
      readonly headers: Readonly<Record<string, string>>;
      readonly body: string;
    }
  /** It never opened, or the peer broke the protocol. `code` is the system's or the library's. */
  | { readonly kind: 'failed'; readonly code: string | undefined; readonly message: string }
  /** The signal was aborted. */
  | { readonly kind: 'cut' };

export interface SocketOptions {
  /** Of the upgrade request. Runtimes that cannot set headers refuse those that matter. */
  readonly headers: Readonly<Record<string, string>>;
  readonly agent: HttpAgent | undefined;
  /** Closes the socket at once; nothing is delivered after that. */
  readonly signal: AbortSignal;
  readonly onOpen: () => void;
  /** One text message. Called as fast as they come: there is no way to hold the peer back. */
  readonly onText: (text: string) => void;
}

/** Small files by path. Failures are `ConfigurationError`s that name the file. */
export interface Files {
  join(...parts: string[]): string;
  /** The text of a file; undefined if there is none. */
  read(file: string): Promise<string | undefined>;
  /** Where a symbolic link points; undefined if there is none. */
  linkTarget(path: string): Promise<string | undefined>;
  /** Puts a file that only its owner can read in the place of the old one, in one step. Makes its directory if need be. */
  replaceSecret(file: string, text: string): Promise<void>;
  /** The same, unless the file exists: of many that try at once one wins. */
  createSecret(file: string, text: string): Promise<void>;
  exists(file: string): Promise<boolean>;
  /** Whether others than the owner can read or write a file. Always false where files have no such modes. */
  openToOthers(file: string): Promise<boolean>;
}

/** A connection was not made: the request cannot have left this machine. */
export interface Unsent {
  /** What is wrong and what to do about it, after the name of the call; undefined where the code says it all. */
  readonly words: string | undefined;
}

/** What differs between runtimes. `node/` and `browser/` each provide one; nothing else may touch the runtime. */
export interface Platform {
  /** Many will listen to this signal on purpose: Node 20 takes more than ten for a leak, and warns of it. */
  readonly allowManyListeners: (signal: AbortSignal) => void;
  /** For the User-Agent, for example `node/20.19.0`; absent where a program may not set that header. */
  readonly userAgent: string | undefined;
  /** Where log lines go unless the application says otherwise. */
  readonly logger: Logger;
  environment(): Readonly<Record<string, string | undefined>>;
  homeDirectory(): string | undefined;
  openConnections(): Connections;
  /** What the system's code of a failed call to `baseUrl` tells; undefined if the request may have been sent. */
  explainCode(code: string, baseUrl: string, message: string): Unsent | undefined;
  /**
   * Opens a WebSocket, and resolves when it is closed again, however that came.
   *
   * @throws {UnsupportedRuntimeError} if this runtime has none, or none that carries the headers.
   */
  openWebSocket(url: string, options: SocketOptions): Promise<SocketEnd>;
  readFile(path: string | URL): Promise<Uint8Array>;
  /** Absent where there is no file system. */
  readonly files: Files | undefined;
  /** Headers of requests for results; none where a header would make a browser ask for permission first. */
  readonly transferHeaders: Readonly<Record<string, string>>;
  gunzip(chunks: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array>;
  /** Absent where the runtime can only hash what it has in memory as a whole. */
  sha256(): Hasher | undefined;
  /** @throws {UnsupportedRuntimeError} where there is no file system. */
  openFolder(directory: string, options: { readonly overwrite: boolean }): Promise<DownloadFolder>;
}
