import { type Job, JobFailedError, type JobHandle, JobStoppedError } from 'bacalhau-sdk';
import { useState } from 'preact/hooks';
import { useBacalhau } from './connection.ts';
import { type Live, useOnce } from './live.ts';

/** What came of a job that has ended. */
export interface Outcome {
  /** Of the executions that have completed; none if there is none. */
  readonly exitCodes: readonly number[];
  /** Why the job failed, first what the node says. */
  readonly cause?: string;
}

const NONE: Outcome = { exitCodes: [] };

export function useOutcome(handle: JobHandle, ended: boolean): Live<Outcome | undefined> {
  return useOnce(async (signal) => (ended ? outcomeOf(handle, signal) : undefined), [handle, ended]);
}

async function outcomeOf(handle: JobHandle, signal: AbortSignal): Promise<Outcome> {
  try {
    const { executions } = await handle.result({ throwOnNonZeroExit: false, output: 'beginning', signal });
    return { exitCodes: executions.map(({ exitCode }) => exitCode) };
  } catch (error) {
    if (error instanceof JobStoppedError) return NONE;
    if (!(error instanceof JobFailedError)) throw error;
    return { ...NONE, cause: error.message.replace(`Job ${handle.id} failed: `, '') };
  }
}

/** Returns the exit code by which a job is judged: the first that means failure, if there is one. */
export const decisiveOf = (exitCodes: readonly number[]): number | undefined =>
  exitCodes.find((code) => code !== 0) ?? exitCodes[0];

/** Loads the exit codes of the completed jobs of a list, each once. */
export function useExitCodes(jobs: readonly Job[]): ReadonlyMap<string, number | undefined> {
  const bacalhau = useBacalhau();
  const [codes, setCodes] = useState<ReadonlyMap<string, number | undefined>>(new Map());
  const missing = jobs.filter(({ ID = '', State: state }) => state?.StateType === 'Completed' && !codes.has(ID));
  useOnce(
    async (signal) => {
      for (const { ID = '', Namespace: namespace } of missing) {
        const { exitCodes } = await outcomeOf(bacalhau.jobs.handle(ID, { namespace }), signal);
        setCodes((known) => new Map(known).set(ID, decisiveOf(exitCodes)));
      }
    },
    // Not at each poll of the list, and not after each of these.
    [bacalhau, jobs.map(({ ID, State: state }) => (state?.StateType === 'Completed' ? ID : '')).join()],
  );
  return codes;
}
