import type { RequestEvent } from '../events.js';

/** An operation that begins: a call of the API, or work that consists of several. */
export interface ObservedOperation {
  /**
   * `jobs.submit`, `jobs.run`, `jobs.map`, `job.wait`, `job.result`, `job.logs`, `job.files`, `job.file`, `job.download`, or
   * the SDK's name of a call of the API, for example `jobs.list`.
   */
  readonly name: string;
  /** The id or the name of the job, where it is known at the beginning. */
  readonly jobId?: string | undefined;
  /** The namespace of the job, where it is known. */
  readonly namespace?: string | undefined;
}

/** One request of a call that begins. The URL contains no secrets. */
export interface ObservedRequest extends Omit<RequestEvent, 'headers'> {
  /**
   * Adds a header to the request, such as `traceparent`. A header that the request has already is kept. Signatures do not
   * cover it. Opening a WebSocket in a browser sends no headers.
   */
  setHeader(name: string, value: string): void;
}

/** How an operation ended. */
export interface OperationEnd {
  /** What it rejected with, without secrets; undefined if it succeeded, or its loop was left. */
  readonly error: unknown;
  /** The id of the job, if the operation made it known. */
  readonly jobId?: string | undefined;
  /** The exit code of the job, if the operation waited for it and there is one. */
  readonly exitCode?: number | undefined;
}

/** How a request ended. */
export interface RequestEnd {
  /** The HTTP status; undefined if no response came. */
  readonly status: number | undefined;
  /** Why no response came, for example `ECONNREFUSED`. */
  readonly errorCode?: string | undefined;
}

/** What observes one operation or request. */
export interface Observation<End> {
  /**
   * Called with each part of the work: calls it once, before returning, and returns its promise. What the part starts belongs
   * to what is observed, so this is the place to set an asynchronous context. An operation that is a loop has a part for each
   * turn. Default: the work is called as it is.
   */
  run?<T>(work: () => Promise<T>): Promise<T>;
  /** Called once at the end. */
  end?(end: End): void;
}

/**
 * Observes what a client does. Nothing that it throws changes the outcome of what it observes: it is logged as a warning.
 *
 * @example
 * ```ts
 * const bacalhau = new Bacalhau({
 *   instrumentation: {
 *     startOperation: ({ name }) => {
 *       const started = performance.now();
 *       return { end: ({ error }) => console.log(name, performance.now() - started, error ?? 'ok') };
 *     },
 *   },
 * });
 * ```
 */
export interface Instrumentation {
  /** Called when an operation begins, in the asynchronous context of its caller. Returns what observes it. */
  startOperation?(operation: ObservedOperation): Observation<OperationEnd> | undefined;
  /** Called before each request, retries included, in the context of its operation. Returns what observes it. */
  startRequest?(request: ObservedRequest): Observation<RequestEnd> | undefined;
}

/** Runs a part of an operation as its observer wants it to be run. */
export type RunPart = <T>(work: () => Promise<T>) => Promise<T>;

/** Returns what observers are told of an operation that succeeded. */
export type DescribeOutcome<T> = (value: T) => Omit<OperationEnd, 'error'>;
