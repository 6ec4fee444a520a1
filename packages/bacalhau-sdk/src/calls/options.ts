import type { ExecutionOrderBy, JobHistoryEventType, JobInclude, JobOrderBy } from 'bacalhau-apiclient';
import type { NamespacedCallOptions } from '../http/index.js';

/** What to know of a job. */
export interface GetJobOptions extends NamespacedCallOptions {
  /** What to bring along. Default: nothing. */
  readonly include?: JobInclude | readonly JobInclude[] | undefined;
  /** Accepted for likeness with the Python SDK; servers ignore it. Default: 10. */
  readonly limit?: number | undefined;
  /** A version of the job, from servers 1.8 on. Default: the latest. */
  readonly jobVersion?: number | undefined;
}

/** Which jobs to list, and in which order. */
export interface ListJobsOptions extends NamespacedCallOptions {
  /** Entries a page, never a cap; 0 for all. Default: 5 where the list is awaited, 1,000 where it is looped over. */
  readonly limit?: number | undefined;
  /** Where to go on: the `nextToken` of an earlier page. It overrides `limit`, `orderBy` and `reverse`. */
  readonly nextToken?: string | undefined;
  /** Default: `created_at`. */
  readonly orderBy?: JobOrderBy | undefined;
  /** Newest first. Default: false. */
  readonly reverse?: boolean | undefined;
  /** Label selectors as in Kubernetes, all of which must match: `env=prod`, `tier in (a,b)`, `!debug`. */
  readonly labels?: readonly string[] | undefined;
}

/** Which executions of a job to list, and in which order. */
export interface JobExecutionsOptions extends NamespacedCallOptions {
  /** How many at most; 0 for all. Servers give no second page. Default: 5 where the list is awaited, all where it is looped over. */
  readonly limit?: number | undefined;
  /** Accepted for likeness with the Python SDK, without effect: servers give no second page of executions. */
  readonly nextToken?: string | undefined;
  /** Default: the server's, by creation. */
  readonly orderBy?: ExecutionOrderBy | undefined;
  /** Newest first. Default: false. */
  readonly reverse?: boolean | undefined;
  /** A version of the job, from servers 1.8 on. Default: the latest. */
  readonly jobVersion?: number | undefined;
  /** Executions of every version of the job, from servers 1.8 on. Default: false. */
  readonly allJobVersions?: boolean | undefined;
}

/** Which of a job's events to list. */
export interface JobHistoryOptions extends NamespacedCallOptions {
  /** Events of the job, of its executions, or `all`. Default: `execution`. */
  readonly eventType?: JobHistoryEventType | undefined;
  /** Only events of this execution; its full id. */
  readonly executionId?: string | undefined;
  /**
   * Only events of executions on this node: its id, or the beginning of it. Servers from 1.5 on have no such filter,
   * so the SDK asks for the job's executions as well.
   */
  readonly nodeId?: string | undefined;
  /** Entries a page. Default: the server's, 100. */
  readonly limit?: number | undefined;
  /** Where to go on: the `nextToken` of an earlier page. */
  readonly nextToken?: string | undefined;
  /** Only events from this moment on; servers look at whole seconds. */
  readonly since?: Date | undefined;
  /** A version of the job, from servers 1.8 on. Default: the latest. */
  readonly jobVersion?: number | undefined;
  /** Events of every version of the job, from servers 1.8 on. Default: false. */
  readonly allJobVersions?: boolean | undefined;
}

/** The options of a history that goes on until the job has ended. */
export interface FollowHistoryOptions extends JobHistoryOptions {
  /** Goes on with what happens next, until the job has ended. */
  readonly follow: true;
}

/** Which job to run again. */
export interface RerunOptions extends NamespacedCallOptions {
  /** Which version of the specification. Default: the latest. */
  readonly jobVersion?: number | undefined;
}
