import type { Execution, Job } from 'bacalhau-apiclient';
import type { TypedResult } from '../model/index.js';
import type { SubmissionDetails } from '../submission/index.js';

/** What one execution of a job printed, and how it ended. */
export interface ExecutionOutput {
  /** The full id of the execution. */
  readonly executionId: string;
  /** The id of the node that ran it. */
  readonly nodeId: string;
  /** The program's exit code; 0 for a WebAssembly program that returned without setting one, for which servers write -1. */
  readonly exitCode: number;
  /** What the program printed to its standard output, as UTF-8. */
  readonly stdout: string;
  /** What it printed to its standard error, as UTF-8. */
  readonly stderr: string;
  /**
   * Whether `stdout` and `stderr` are all that the program printed; if not, they are what the server kept. What Docker
   * loses at the end of a container's log cannot be detected (docs/log-streams.md); the output of a job that publishes its
   * results is read from those. Nor can what nodes drop of a WebAssembly program's writes of more than 32,768 bytes at once.
   */
  readonly outputComplete: boolean;
  /** Why the output is not complete; undefined if it is. */
  readonly incompleteReason: string | undefined;
  /** The execution as the server describes it. */
  readonly execution: Execution;
}

/** The result of a job that has ended. */
export interface RunResult extends SubmissionDetails {
  /** The id that the server gave the job. */
  readonly jobId: string;
  /** The namespace of the job. */
  readonly namespace: string;
  /** The job, in its final state. */
  readonly job: Job;
  /** 0 if all executions succeeded, else the exit code of the first that did not. */
  readonly exitCode: number;
  /** The standard output of all executions, one after the other, in the order of `executions`. */
  readonly stdout: string;
  /** The standard error of all executions, in the same order. */
  readonly stderr: string;
  /** Whether that is all that was printed, for every execution. */
  readonly outputComplete: boolean;
  /** The completed executions, by node id and then by creation. */
  readonly executions: readonly ExecutionOutput[];
  /** Where the results are, each typed by its publisher. */
  readonly typedResults: readonly TypedResult[];
  /**
   * The type of the publisher that `run` added so that the output can be read, for example `local`; see `RunOptions`.
   * Undefined if none was added, and where another call had submitted the job.
   */
  readonly addedPublisher: string | undefined;
}

/** Returns what observers of a run are told of its result. */
export const describeRun = ({ jobId, exitCode }: RunResult) => ({ jobId, exitCode });
