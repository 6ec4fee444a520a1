import type { Deal, ExecutionPlan, SortBy, Spec } from 'bacalhau-apiclient/legacy';
import type { CallOptions, ClientOptions } from '../http/index.js';
import type { PayloadSigner } from './signer.js';

/** Options of `new LegacyJobs()`: those of `new Bacalhau()`, of which `namespace` has no meaning here, and two more. */
export interface LegacyOptions extends ClientOptions {
  /**
   * The server's version, for example `v0.3.16`. Default: the server is asked before the first call. Needed for servers
   * that were built without their version stamp.
   */
  readonly serverVersion?: string | undefined;
  /** Signs submissions, for keys kept elsewhere and runtimes without files. Default: the key of `user_id.pem`. */
  readonly payloadSigner?: PayloadSigner | undefined;
}

/**
 * A job to submit: what these servers call a `Spec`, in its envelope. A job that a server answered with is one, too: what
 * the server added is not sent.
 *
 * `Deal` and `ExecutionPlan` may stand beside `Spec` or in it, as servers before and after 0.3.14 have them: they are sent
 * where the server wants them.
 */
export interface LegacyJob {
  /** Default: `V1beta1`, and `V1beta2` from servers 0.3.26 on. */
  readonly APIVersion?: string | undefined;
  /** Servers want `Engine`, `Verifier` and `Publisher` in it. From 0.3.26 on `Publisher` is sent as `PublisherSpec`. */
  readonly Spec: Spec;
  /** Default: one node, `{ Concurrency: 1 }`. */
  readonly Deal?: Deal | undefined;
  /** How many shards the job is split into. Default: the server's, one. */
  readonly ExecutionPlan?: ExecutionPlan | undefined;
}

/** Options of a submission. */
export interface LegacySubmitOptions extends CallOptions {
  /** The files of a job in a programming language: a tar.gz in standard base64. Servers up to 0.3.16. */
  readonly context?: string | undefined;
}

/** Which jobs to list, and in which order. */
export interface LegacyListOptions extends CallOptions {
  /** One job, whoever submitted it: its id or the first 8 characters of that. */
  readonly id?: string | undefined;
  /** Whose jobs. Default: this client's. */
  readonly clientId?: string | undefined;
  /** The jobs of all clients. Default: false. */
  readonly returnAll?: boolean | undefined;
  /**
   * How many at most; 0 for all. Servers choose them before they sort, so fewer than all are any of them. Default: 0.
   */
  readonly maxJobs?: number | undefined;
  /** Default: the server's, in no order. */
  readonly sortBy?: SortBy | undefined;
  /** Default: false. */
  readonly sortReverse?: boolean | undefined;
  /** Only jobs with one of these annotations. Servers from 0.3.15 on. */
  readonly includeTags?: readonly string[] | undefined;
  /** No jobs with one of these annotations. Servers from 0.3.15 on. */
  readonly excludeTags?: readonly string[] | undefined;
}

/** Options of waiting for the end of a job. */
export interface LegacyWaitOptions extends Omit<CallOptions, 'timeoutMs'> {
  /** How long to wait at most, in milliseconds. Default: no limit; a job that no node bids for never ends. */
  readonly timeoutMs?: number | undefined;
  /** The longest pause between two polls, in milliseconds; the first ones are shorter. Default: 2,000. */
  readonly maxIntervalMs?: number | undefined;
}
