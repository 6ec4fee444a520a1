import type { ExecutionStateType } from 'bacalhau-apiclient';
import { isAtLeast, type Release } from '../transport/index.js';

/** What an execution's state means. */
export type ExecutionPhase = 'active' | 'completed' | 'failed' | 'cancelled' | 'rejected';

/** Servers from 1.5.2 on. Two states were put in between then, so the numbers 7 to 9 changed their meaning. */
const TODAY: readonly ExecutionPhase[] = [
  ...(['active', 'active', 'active', 'active', 'rejected', 'active', 'active', 'active'] as const),
  ...(['rejected', 'completed', 'failed', 'cancelled'] as const),
];
const BEFORE_1_5_2: readonly ExecutionPhase[] = [
  ...(['active', 'active', 'active', 'active', 'rejected', 'active'] as const),
  ...(['rejected', 'completed', 'failed', 'cancelled'] as const),
];

/** A number that is not known here is a newer server's state, and counts as not ended. */
export function phaseOf(state: ExecutionStateType, release: Release | undefined): ExecutionPhase {
  return (isAtLeast(release, '1.5.2') ? TODAY : BEFORE_1_5_2)[state] ?? 'active';
}
