import type { Logger } from '../logging/index.js';
import type { Secret } from '../redaction/index.js';
import type { EnvironmentVariables } from './environment.js';

/** The sockets that a client and those derived from it keep open between calls. */
export interface Connections {
  /**
   * Chooses how a URL is reached: directly or through a proxy, and with which certificates. Opens nothing yet.
   *
   * @throws {UnsupportedRuntimeError} where certificates are set and the runtime verifies them by itself.
   */
  route(url: URL, settings: RouteSettings): Route;
  close(): void;
}

export interface RouteSettings {
  /** The PEM texts of authorities trusted beside the runtime's, if any. */
  readonly ca: readonly string[] | undefined;
  /** Accepts any certificate. */
  readonly insecure: boolean;
  readonly proxy: ProxySettings;
  /** An application's own agents; they decide everything then, including proxies. */
  readonly httpAgent: HttpAgent | undefined;
  readonly httpsAgent: HttpAgent | undefined;
  /** Whether the connection is to become another protocol's, which only a tunnel through a proxy can. */
  readonly upgrade: boolean;
}

export interface ProxySettings {
  /** The address of the proxy for every request, or false for none whatever the environment says. */
  readonly option: string | false | undefined;
  readonly env: EnvironmentVariables;
}

export interface Route {
  /** For `http.request` and the like; absent where the runtime pools connections by itself. */
  readonly agent: HttpAgent | undefined;
  /** A proxy that plain `http:` requests are sent to whole. A tunnel through one is the agent's. */
  readonly forwardProxy: ForwardProxy | undefined;
  /** The proxy on the way, without its credentials: for messages. */
  readonly proxyAddress: string | undefined;
  /** The credentials sent to the proxy; logs must not contain them. */
  readonly proxyCredentials: ProxyCredentials | undefined;
}

export interface ForwardProxy {
  readonly protocol: string;
  readonly host: string;
  readonly port: number;
  readonly auth?: ProxyCredentials;
}

/** Name and password of a proxy. */
export interface ProxyCredentials {
  readonly username: string;
  readonly password: string;
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
  digest(): Uint8Array;
}

/** A part of a file. */
export interface ByteRange {
  readonly start: number;
  /** Exclusive. */
  readonly end: number;
}

export interface ReadOptions {
  /**
   * Whether the reader is done with a chunk when it asks for the one after the next, which may then be in the same memory.
   * Without a new buffer for each chunk large files are read faster, and in less memory.
   */
  readonly reusesMemory: boolean;
}

/** A file as it was when it was listed. */
export interface LocalFile {
  /** Relative to the folder that was listed, with `/` on every system; the file's name if it was listed by itself. */
  readonly path: string;
  /** In bytes. */
  readonly size: number;
  /** Another one if the file has changed. */
  readonly version: string;
  /** Reads the file, or a part of it. The message of what it throws is a clause about the file. */
  read(part?: ByteRange, options?: ReadOptions): AsyncIterable<Uint8Array>;
}

/** A file, or the files of a folder in any order. */
export interface LocalListing {
  readonly kind: 'file' | 'folder';
  readonly files: readonly LocalFile[];
}

/** Which parts of a folder are wanted, by their paths in it. */
export interface FileSelection {
  hasFile(path: string): boolean;
  /** Whether a folder may have wanted files. */
  hasFolder(path: string): boolean;
}

/** How a place on disk is filled. */
export interface DownloadFolderOptions {
  /** Replaces files that exist. */
  readonly overwrite: boolean;
  /** How many files and directories may be made, including implied directories. */
  readonly maxPaths: number;
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

/** How a WebSocket ended. */
export type SocketEnd =
  /** It was open and was closed: with the peer's code, or 1006 if the connection broke. */
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
  | { readonly kind: 'aborted' };

export interface SocketOptions {
  /** Of the upgrade request. Runtimes that cannot set headers refuse those that matter. */
  readonly headers: Readonly<Record<string, string>>;
  readonly agent: HttpAgent | undefined;
  /** Closes the socket at once; nothing is delivered after that. */
  readonly signal: AbortSignal;
  readonly onOpen: () => void;
  /** One text message and its size. Called as fast as they come: there is no way to hold the peer back. */
  readonly onText: (text: string, bytes: number) => void;
}

/** Small, regular text files by path. Failures are `ConfigurationError`s that name the file. */
export interface TextFiles {
  join(...parts: string[]): string;
  /** Reads a file; undefined if there is none. */
  read(file: string): Promise<string | undefined>;
  /** Reads a file that has secrets; one that others than its owner can read or write is refused, unless `allowReadable`. */
  readSecret(file: string, options: { readonly allowReadable: boolean }): Promise<string | undefined>;
  /** Replaces a file, or creates it, in one step; only its owner can read it. Creates its directory if need be. */
  replaceSecret(file: string, text: string): Promise<void>;
}

/** Files with private keys. Failures are `ConfigurationError`s that name the file. */
export interface KeyFiles {
  /**
   * Creates a file with the PEM text that `generate` returns, unless the file exists: of many that try at once one wins.
   * Only its owner can read it. Creates its directory if need be.
   *
   * @returns its path.
   */
  ensure(dir: string, name: string, generate: () => Promise<string>): Promise<string>;
  /**
   * Reads a key file; undefined if there is none.
   *
   * @throws {ConfigurationError} if others than its owner can read it, unless `allowReadable`.
   */
  read(file: string, options: { readonly allowReadable: boolean }): Promise<string | undefined>;
}

/** A setting, with the name that its author knows it by, for messages. */
export interface NamedValue<T> {
  readonly name: string;
  readonly value: T;
}

/** `config.yaml` of the Bacalhau command line, as far as it concerns a client. */
export interface ConfigFile {
  readonly file: string;
  readonly host: NamedValue<string> | undefined;
  readonly port: NamedValue<string | number> | undefined;
  readonly https: boolean | undefined;
  readonly caFile: string | undefined;
  readonly insecure: boolean | undefined;
}

/** `profiles/<name>.yaml` of the Bacalhau command line. */
export interface ProfileFile {
  readonly name: string;
  readonly file: string;
  readonly endpoint: string;
  readonly token: Secret | undefined;
  readonly insecure: boolean | undefined;
}

/** Which profile to read: the one of that name, or, without a name, the one that is selected on the command line. */
export interface ProfileSelection {
  readonly name: string | undefined;
}

/** The settings that the Bacalhau command line keeps in its directory. */
export interface CommandLineSettings {
  readonly config: ConfigFile | undefined;
  readonly profile: ProfileFile | undefined;
}

/** A connection was not made: the request cannot have left this machine. */
export interface Unsent {
  /** What is wrong and what to do about it, after the name of the call; undefined where the code says it all. */
  readonly explanation: string | undefined;
}

/** The body of a request. */
export interface RequestBody {
  readonly body: unknown;
  /** Whether its length has to be in a header. */
  readonly isStream: boolean;
  /** Ends the reading, however far it has come. */
  close(): void;
}

/** Where a server listens. */
export interface ServerAddress {
  readonly host: string;
  /** 0 for any that is free. */
  readonly port: number;
}

/** A file to serve. */
export interface ServedFile {
  /** The path of its URL, which nobody can guess. */
  readonly path: string;
  readonly size: number;
  /** Changes with the content. */
  readonly etag: string;
  /** Reads a part of it; throws if the file has changed. A chunk is sent before the next one is asked for. */
  read(part: ByteRange): AsyncIterable<Uint8Array>;
}

/** What serves a file. It keeps no process alive. */
export interface FileServer {
  readonly port: number;
  /** Ends the transfers too. */
  close(): void;
}

/** What differs between runtimes. `node/` and `browser/` each implement it; nothing else may touch the runtime. */
export interface Platform {
  /** For the User-Agent, for example `node/20.19.0`; absent where a program may not set that header. */
  readonly userAgent: string | undefined;
  /** Where log lines go by default. */
  readonly logger: Logger;
  environment(): EnvironmentVariables;
  homeDirectory(): string | undefined;
  openConnections(): Connections;
  /** Explains the system's code of a failed call to `baseUrl`; undefined if the request may have been sent. */
  explainCode(code: string, baseUrl: string, message: string): Unsent | undefined;
  /**
   * Opens a WebSocket, and resolves when it is closed again, for whatever reason.
   *
   * @throws {UnsupportedRuntimeError} if this runtime has none, or none that carries the headers.
   */
  openWebSocket(url: string, options: SocketOptions): Promise<SocketEnd>;
  /** Reads a regular file; the message of what it throws continues a sentence. */
  readFile(path: string | URL): Promise<Uint8Array>;
  /**
   * Lists a file, or the files of a folder and those that links in it lead to. The message of what it throws is a clause that
   * says what is wrong.
   *
   * @throws {UnsupportedRuntimeError} where there is no file system.
   */
  listFiles(path: string | URL, selection: FileSelection): Promise<LocalListing>;
  /** Undefined where there is no file system. */
  readonly textFiles: TextFiles | undefined;
  /** Undefined where there is no file system. */
  readonly keyFiles: KeyFiles | undefined;
  /**
   * Reads the settings of the command line in its directory; undefined where there is no file system. Without a selection
   * no profile is read.
   *
   * @throws {ConfigurationError} if a file is malformed, or the profile that was named is missing.
   */
  readonly readSettings:
    | ((dir: string, selection: ProfileSelection | undefined) => Promise<CommandLineSettings>)
    | undefined;
  /**
   * Reads the certificates of authorities, PEM, from a file.
   *
   * @throws {UnsupportedRuntimeError} where there is no file system.
   */
  readCertificates(file: string): Promise<string>;
  /** Headers of requests for results; none where a header would make a browser ask for permission first. */
  readonly transferHeaders: Readonly<Record<string, string>>;
  gunzip(chunks: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array>;
  /** Compresses; the same content has other bytes in other runtimes. */
  gzip(chunks: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array>;
  /**
   * Makes the body of a request that is sent while it is read, where the runtime can do that. A chunk has been sent, or is
   * copied, when the one after the next is asked for.
   */
  requestBody(chunks: AsyncIterable<Uint8Array>): Promise<RequestBody>;
  /**
   * Serves a file to whoever knows its URL.
   *
   * @throws {UnsupportedRuntimeError} where nothing can be served.
   */
  serveFile(file: ServedFile, address: ServerAddress): Promise<FileServer>;
  /** Undefined where the runtime can only hash what it has in memory as a whole. */
  sha256(): Hasher | undefined;
  /** @throws {UnsupportedRuntimeError} where there is no file system. */
  openFolder(directory: string, options: DownloadFolderOptions): Promise<DownloadFolder>;
}
