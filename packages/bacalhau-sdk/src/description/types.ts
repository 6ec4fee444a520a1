import type { TypedResult } from '../model/index.js';

/** How long something waited before its program ran, and how long the program has run. */
interface Times {
  /**
   * For how long it waited until the first program started, or has waited so far, in milliseconds. Undefined where the server
   * does not tell when it started.
   */
  readonly queuedMs: number | undefined;
  /** For how long it has run since then, in milliseconds. Undefined if nothing ran, or the server does not tell. */
  readonly runningMs: number | undefined;
}

/** One execution of a job, as far as it is known. */
export interface ExecutionDescription extends Times {
  /** The full id of the execution. */
  readonly id: string;
  /** The id of the node that it was given to. */
  readonly nodeId: string;
  /** What it does: it waits on its node, it runs, or it has ended in one of four ways. */
  readonly state: 'placing' | 'running' | 'completed' | 'failed' | 'cancelled' | 'rejected';
  /** When it was given to its node. */
  readonly createdAt: Date | undefined;
  /** The program's exit code; undefined while it runs, and if it never ran. */
  readonly exitCode: number | undefined;
  /** Why it failed, was cancelled or rejected, as far as the node says; and which input it could not read, if that is why. */
  readonly reason: string | undefined;
  /** The beginning of what the program printed to its standard output: as much as the server keeps, 2,048 bytes or less. */
  readonly stdout: string;
  /** The same of its standard error. */
  readonly stderr: string;
  /** What it published, as the node reported it; undefined if nothing. `typedResults` has URLs that the server signs. */
  readonly result: TypedResult | undefined;
}

/** A job, its executions and what they left, at one moment. As a string it is a text for people. */
export interface JobDescription extends Times {
  /** The job's id. */
  readonly id: string;
  /** Its name. */
  readonly name: string | undefined;
  /** Its namespace. */
  readonly namespace: string | undefined;
  /** Its type, for example `batch`. */
  readonly type: string | undefined;
  /** How many executions it is to have; undefined where that depends on the nodes. */
  readonly count: number | undefined;
  /** Its state as the server calls it, for example `Completed`. */
  readonly state: string | undefined;
  /** What the server says about its state: why it failed, or the reason of a stop. */
  readonly reason: string | undefined;
  /** When it was submitted. */
  readonly createdAt: Date | undefined;
  /** Its executions, oldest first. */
  readonly executions: readonly ExecutionDescription[];
  /** Returns all of it as text. What controls a terminal is escaped, and the client's secrets are replaced. */
  toString(): string;
}
