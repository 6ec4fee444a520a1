import type { ExecutionStateType } from 'bacalhau-apiclient';
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

/** Returns the phase of an execution. A number that is not known here is a newer server's state, and counts as running. */
export function phaseOf(state: ExecutionStateType | undefined, release: ServerRelease | undefined): ExecutionPhase {
  const phases = isAtLeast(release, '1.5.2') ? SINCE_1_5_2 : BEFORE_1_5_2;
  return phases[state ?? 0] ?? 'running';
}
