import { type Execution, ExecutionDesiredStateType } from 'bacalhau-apiclient';
import { isAtLeast, type ServerRelease } from './release.js';

/** What an execution's state means: it waits for a node, it runs, or it has ended in one of four ways. */
export type ExecutionPhase = 'placing' | 'running' | 'completed' | 'failed' | 'cancelled' | 'rejected';

/** By the state's number. 1.5.2 inserted Running and Publishing, so 7 to 9 changed their meaning. */
const SINCE_1_5_2: readonly ExecutionPhase[] = [
  ...(['placing', 'placing', 'placing', 'placing', 'rejected', 'running', 'running', 'running'] as const),
  ...(['rejected', 'completed', 'failed', 'cancelled'] as const),
];
const BEFORE_1_5_2: readonly ExecutionPhase[] = [
  ...(['placing', 'placing', 'placing', 'placing', 'rejected', 'running'] as const),
  ...(['rejected', 'completed', 'failed', 'cancelled'] as const),
];

/**
 * Returns the phase of an execution. A number that is not known here is a newer server's state, and counts as running.
 *
 * The state alone does not say that an execution runs, or was stopped: it is what the node last reported, and nodes report
 * neither on 1.6.0 (seen: 3 until the end, and for ever if the job is stopped), nor the start of `ops` and `daemon` jobs
 * on 1.9.3 (seen: 1). The state that the orchestrator wants says both.
 */
export function phaseOf(
  { ComputeState, DesiredState }: Pick<Execution, 'ComputeState'> & Partial<Pick<Execution, 'DesiredState'>>,
  release: ServerRelease | undefined,
): ExecutionPhase {
  const isSince152 = isAtLeast(release, '1.5.2');
  const phase = (isSince152 ? SINCE_1_5_2 : BEFORE_1_5_2)[ComputeState?.StateType ?? 0] ?? 'running';
  if (phase !== 'placing' && phase !== 'running') return phase;
  const wanted = DesiredState?.StateType;
  if (wanted === ExecutionDesiredStateType.Stopped) return 'cancelled';
  // Before, the node may not have been told yet, but its state shows when it was.
  return isSince152 && wanted === ExecutionDesiredStateType.Running ? 'running' : phase;
}
