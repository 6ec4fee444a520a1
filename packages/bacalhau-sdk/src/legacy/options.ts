import type { Deal, ExecutionPlan, SortBy, Spec } from 'bacalhau-apiclient/legacy';
import type { CallOptions, ClientOptions } from '../http/index.js';
import type { PayloadSigner } from './signer.js';

/** Options of `new LegacyJobs()`: those of `new Bacalhau()`, except that `namespace` has no effect, and two more. */
export interface LegacyOptions extends ClientOptions {
  /**
   * The server's version, for example `v0.3.16`. Default: requested from the server before the first call. Required for servers
   * that were built without a version.
   */
  readonly serverVersion?: string | undefined;
  /** Signs submissions; for keys kept elsewhere and runtimes without files. Default: the key of `user_id.pem`. */
  readonly payloadSigner?: PayloadSigner | undefined;
}

/**
 * A job to submit: a `Spec` and its envelope. A job returned by a server can be submitted, too: what
 * the server added is left out.
 *
 * `Deal` and `ExecutionPlan` may be beside `Spec` or in it, as servers before and after 0.3.14 have them: they are sent
 * where the server expects them.
 */
export interface LegacyJob {
  /** Default: `V1beta1`, and `V1beta2` from servers 0.3.26 on. */
  readonly APIVersion?: string | undefined;
  /** What to run. Servers require `Engine`, `Verifier` and `Publisher`. From 0.3.26 on `Publisher` is sent as `PublisherSpec`. */
  readonly Spec: Spec;
  /** Default: one node, `{ Concurrency: 1 }`. */
  readonly Deal?: Deal | undefined;
  /** How many shards the job is split into. Default: the server's, one. */
  readonly ExecutionPlan?: ExecutionPlan | undefined;
}

/** Options of a submission. */
export interface LegacySubmitOptions extends CallOptions {
  /** The files of a job of the engine `Language`: a tar.gz in standard base64. Servers up to 0.3.16. */
  readonly context?: string | undefined;
}

/** Which jobs to list, and in which order. */
export interface LegacyListOptions extends CallOptions {
  /** Only the job with this id, or with these first 8 characters of it, whoever submitted it. */
  readonly id?: string | undefined;
  /** The client whose jobs to list. Default: this one. */
  readonly clientId?: string | undefined;
  /** Lists the jobs of all clients. Default: false. */
  readonly returnAll?: boolean | undefined;
  /**
   * The maximal number of jobs; 0 for all. Servers truncate before they sort, so which jobs remain is arbitrary. Default: 0.
   */
  readonly maxJobs?: number | undefined;
  /** The field to sort by. Default: the server's, which is no order. */
  readonly sortBy?: SortBy | undefined;
  /** Default: false. */
  readonly sortReverse?: boolean | undefined;
  /** Only jobs with one of these annotations. Servers from 0.3.15 on. */
  readonly includeTags?: readonly string[] | undefined;
  /** No jobs with one of these annotations. Servers from 0.3.15 on. */
  readonly excludeTags?: readonly string[] | undefined;
}

/** Options of `wait`. */
export interface LegacyWaitOptions extends Omit<CallOptions, 'timeoutMs'> {
  /** How long to wait at most, in milliseconds. Default: no limit; a job that no node bids for never ends. */
  readonly timeoutMs?: number | undefined;
  /** The longest pause between two polls, in milliseconds; the first ones are shorter. Default: 2,000. */
  readonly maxIntervalMs?: number | undefined;
}
