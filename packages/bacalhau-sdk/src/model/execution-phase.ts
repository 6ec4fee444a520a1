import type { ExecutionStateType } from 'bacalhau-apiclient';
import { isAtLeast, type ServerRelease } from './release.js';

/** What an execution's state means: it looks for a node, it runs, or it has ended in one of four ways. */
export type ExecutionPhase = 'placing' | 'running' | 'completed' | 'failed' | 'cancelled' | 'rejected';

/** By number. 1.5.2 put Running and Publishing in between, so 7 to 9 changed their meaning. */
const SINCE_1_5_2: readonly ExecutionPhase[] = [
  ...(['placing', 'placing', 'placing', 'placing', 'rejected', 'running', 'running', 'running'] as const),
  ...(['rejected', 'completed', 'failed', 'cancelled'] as const),
];
const BEFORE: readonly ExecutionPhase[] = [
  ...(['placing', 'placing', 'placing', 'placing', 'rejected', 'running'] as const),
  ...(['rejected', 'completed', 'failed', 'cancelled'] as const),
];

/** A number that is not known here is a newer server's state, and counts as running. */
export function phaseOf(state: ExecutionStateType | undefined, release: ServerRelease | undefined): ExecutionPhase {
  const phases = isAtLeast(release, '1.5.2') ? SINCE_1_5_2 : BEFORE;
  return phases[state ?? 0] ?? 'running';
}
