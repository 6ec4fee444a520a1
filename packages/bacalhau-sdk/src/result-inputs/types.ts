import type { TypedResult, UrlResult } from '../model/index.js';

/** What the result of one job is to be as the input of another. */
export interface ResultInput {
  /** Where the job finds it: an absolute path of a folder. */
  readonly target: string;
  /** Another name of it, unique in the job. Default: none. */
  readonly alias?: string | undefined;
  /**
   * What the job expects to find in `target`. `files`: `stdout`, `stderr`, `exitCode`, and a folder for each output.
   * `archive`: those packed, as one `.tar.gz`, which nodes do not unpack. The publisher decides which it is, and the other one
   * is an error: `ipfs`, and `s3` with the encoding `plain`, publish files, `local` and `s3` otherwise an archive. Default:
   * `files`.
   */
  readonly as?: 'files' | 'archive' | undefined;
  /**
   * Replaces hosts of results of the publisher `local` by the addresses at which nodes reach each other: maps `host` or
   * `host:port` as in the result to a host, `host:port` or a URL.
   *
   * @example { '127.0.0.1:6001': 'node-1.example.org:6001' }
   */
  readonly hosts?: Readonly<Record<string, string>> | undefined;
}

/** What an archive is to be as an input: the job has to unpack it, and says that it will. */
export interface ArchiveInput extends ResultInput {
  readonly as: 'archive';
}

/** What the result of a job that may still run is to be as an input. */
export interface JobResultInput extends ResultInput {
  /** Only the result of this execution; its full id. Needed for a job with several. */
  readonly executionId?: string | undefined;
}

/** A result, or what has a single one, such as what `jobs.run` returned. */
export type ResultToRead =
  | TypedResult
  | {
      /** Those of a job; there must be exactly one. */
      readonly typedResults: readonly TypedResult[];
    };

/** How a result becomes an input: one of the publisher `local` has to be expected as an archive. */
export type ResultInputOf<Result> = Result extends UrlResult ? ArchiveInput : ResultInput;
