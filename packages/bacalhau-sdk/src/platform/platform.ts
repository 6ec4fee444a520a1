import type { Logger } from '../logging/index.js';

/** Who this client is to a Bacalhau network: an RSA key, kept in `user_id.pem` and shared with the Bacalhau command line. */
export interface Identity {
  /** SHA-256 of the key's modulus in hexadecimal: the client id that Bacalhau servers compute from the public key. */
  readonly clientId: string;
  /** The public key: PEM, PKCS#1 (`RSA PUBLIC KEY`). */
  readonly publicKey: string;
}

/** The sockets that one client keeps open between calls. */
export interface Connections {
  /** What axios is given; empty where the runtime pools connections by itself. */
  readonly agents: { readonly httpAgent?: HttpAgent; readonly httpsAgent?: HttpAgent };
  close(): void;
}

/** The part of Node's `http.Agent` and `https.Agent` that is relied on here, so that no Node type is needed to name it. */
export interface HttpAgent {
  readonly maxSockets: number;
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

/** What differs between runtimes. `node/` and `browser/` each provide one; nothing else may touch the runtime. */
export interface Platform {
  /** For the User-Agent, for example `node/20.19.0`; absent where a program may not set that header. */
  readonly userAgent: string | undefined;
  /** Where log lines go unless the application says otherwise. */
  readonly logger: Logger;
  environment(): Readonly<Record<string, string | undefined>>;
  homeDirectory(): string | undefined;
  openConnections(): Connections;
  /**
   * Opens a WebSocket, and resolves when it is closed again, however that came.
   *
   * @throws {UnsupportedRuntimeError} if this runtime has none, or none that carries the headers.
   */
  openWebSocket(url: string, options: SocketOptions): Promise<SocketEnd>;
  readFile(path: string | URL): Promise<Uint8Array>;
  /** Makes the directory and `user_id.pem` in it, unless they exist. Does nothing where there is no file system. */
  ensureKeyFile(directory: string | undefined): Promise<void>;
  loadIdentity(directory: string | undefined): Promise<Identity>;
  /** Headers of requests for results; none where a header would make a browser ask for permission first. */
  readonly transferHeaders: Readonly<Record<string, string>>;
  gunzip(chunks: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array>;
  /** Absent where the runtime can only hash what it has in memory as a whole. */
  sha256(): Hasher | undefined;
  /** @throws {UnsupportedRuntimeError} where there is no file system. */
  openFolder(directory: string, options: { readonly overwrite: boolean }): Promise<DownloadFolder>;
  /** Signs with the key file, made if it is missing: RSASSA-PKCS1-v1_5 with SHA-256. */
  signRsaSha256(directory: string | undefined, bytes: Uint8Array): Promise<Uint8Array>;
}
