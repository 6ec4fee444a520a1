import type { S3Credentials } from '../external/index.js';

/** The progress of an upload. */
export interface UploadProgress {
  /** Bytes sent so far; what is sent again after a failure does not count. */
  readonly sentBytes: number;
  /** Bytes that were there already, from an earlier submission. */
  readonly presentBytes: number;
  /** Bytes of all files. At the end the other two add up to it. */
  readonly totalBytes: number;
}

/** How data is uploaded. */
export interface UploadSettings {
  /**
   * Called with the progress at most ten times a second, and at the end. An error that it throws ends the submission.
   */
  readonly onProgress?: ((progress: UploadProgress) => void) | undefined;
  /** How long the store may take nothing before a request is repeated, in milliseconds. Default: 60,000. */
  readonly stallTimeoutMs?: number | undefined;
  /** How often a request is repeated after a broken or stalled connection, a 429 or a 5xx. Default: 4. */
  readonly maxRetries?: number | undefined;
}

/** Where data is put in S3, or in a compatible store. */
export interface S3Upload extends UploadSettings {
  /** The bucket's name. The nodes read it with their own credentials. */
  readonly bucket: string;
  /** What all keys begin with, so that the uploads can be listed, and removed by a rule. Default: `bacalhau-inputs/`. */
  readonly prefix?: string | undefined;
  /** For example `eu-central-1`. Default: `AWS_REGION`, `AWS_DEFAULT_REGION`, else `us-east-1`. */
  readonly region?: string | undefined;
  /** The URL of a store other than Amazon's, for the nodes too. */
  readonly endpoint?: string | undefined;
  /**
   * Those of this client, which never become part of the job. Default: `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY` and
   * `AWS_SESSION_TOKEN` of the client's environment. `anonymous` for a bucket that everybody may write to.
   */
  readonly credentials?: S3Credentials | 'anonymous' | undefined;
}

/** The IPFS node that data is added to. */
export interface IpfsUpload extends UploadSettings {
  /** The URL of its RPC endpoint, for example `http://127.0.0.1:5001`. */
  readonly api: string;
  /** Headers that are sent to that URL only, for example `{ authorization: 'Bearer …' }`. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /**
   * The folder in the node's file system (MFS) that refers to the uploads, so that they can be listed and removed, and are
   * not collected as garbage. Default: `/bacalhau-inputs`.
   */
  readonly folder?: string | undefined;
}

/** Where this machine serves a file to the nodes. */
export interface ServeOptions {
  /** The name or address of this machine by which the nodes reach it, for example `192.168.1.20`. */
  readonly host: string;
  /** The port. Default: one that is free. */
  readonly port?: number | undefined;
  /** The address of this machine to listen on, for example `0.0.0.0`. Default: `host`. */
  readonly bindAddress?: string | undefined;
}

/** How a file or folder that is too large for the job itself gets to the nodes: by one of three ways. */
export type FilesVia =
  | {
      /** By a bucket in S3, or in a compatible store, that the nodes can read. */
      readonly s3: S3Upload;
    }
  | {
      /** By an IPFS node that the nodes' IPFS finds. */
      readonly ipfs: IpfsUpload;
    }
  | {
      /** By a server in this process, until the job has ended: for nodes on the same network. Only a file, not a folder. */
      readonly serve: ServeOptions;
    };
