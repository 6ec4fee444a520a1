import type { Execution } from 'bacalhau-apiclient';
import { isAtLeast, type Release } from '../transport/index.js';

/** What an execution's state means for its output. */
export interface Stage {
  /** The node was told to run it, so that there may be output. */
  readonly started: boolean;
  readonly ended: boolean;
  /** It ended without having run: there is no log, and asking for it would block the node's others for a minute. */
  readonly neverRan: boolean;
}

interface Numbers {
  readonly started: number;
  readonly rejected: readonly number[];
  readonly ended: readonly number[];
}

/** 1.5.2 put Running and Publishing in between, and all later numbers moved. */
const SINCE_1_5_2: Numbers = { started: 5, rejected: [4, 8], ended: [4, 8, 9, 10, 11] };
const BEFORE: Numbers = { started: 5, rejected: [4, 6], ended: [4, 6, 7, 8, 9] };

/** How a node words that a Docker execution failed before its container ran (pkg/executor/docker, 1.4 to 1.9). */
const NOT_STARTED =
  /^(image not available|failed to start container|failed to create container|executable file not found)/;

export function stageOf({ ComputeState: state }: Execution, release: Release | undefined): Stage {
  const numbers = isAtLeast(release, '1.5.2') ? SINCE_1_5_2 : BEFORE;
  const number = Number(state?.StateType ?? 0);
  const ended = numbers.ended.includes(number);
  const neverRan = numbers.rejected.includes(number) || (ended && NOT_STARTED.test(state?.Message ?? ''));
  return { started: number >= numbers.started, ended, neverRan };
}

/** Whether the server has a stream for jobs of this engine: from 1.8 on, only what Docker ran is recorded. */
export const isStreamed = (engine: string | undefined, release: Release | undefined): boolean =>
  engine?.toLowerCase() === 'docker' || !isAtLeast(release, '1.8.0');
