import type { LogLevel } from '../logging/index.js';

/** The client options that the environment or a file can provide as well. */
export interface ConfigInput {
  readonly baseUrl?: string | undefined;
  readonly host?: string | undefined;
  readonly port?: number | undefined;
  readonly https?: boolean | undefined;
  readonly namespace?: string | undefined;
  readonly dir?: string | undefined;
  readonly profile?: string | undefined;
  readonly tls?: TlsOptions | undefined;
  readonly proxy?: string | false | undefined;
  readonly logLevel?: LogLevel | undefined;
}

/** How the server's certificate is verified. Not for browsers, which verify by themselves. */
export interface TlsOptions {
  /** Certificates of authorities, PEM, trusted in addition to those of the runtime. Excludes `caFile`. */
  readonly ca?: string | readonly string[] | undefined;
  /** A PEM file with such certificates. */
  readonly caFile?: string | undefined;
  /** Accepts any certificate, so that anyone in between can read and change what is sent. Default: false. */
  readonly insecure?: boolean | undefined;
}
