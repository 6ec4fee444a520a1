import type { Execution } from 'bacalhau-apiclient';
import { InvalidArgumentError } from '../errors/index.js';
import type { JobMonitor } from './job-monitor.js';
import type { FollowLogsOptions } from './options.js';

/**
 * Decides which executions are to be read.
 *
 * @throws {InvalidArgumentError} if no execution, or more than one, matches `executionId`.
 */
export function selectExecutions(
  monitor: JobMonitor,
  { executionId, jobVersion, allJobVersions = false }: FollowLogsOptions,
): (execution: Execution) => boolean {
  if (executionId !== undefined) {
    const id = resolveExecutionId(monitor, executionId);
    return ({ ID }) => ID === id;
  }
  if (allJobVersions) return () => true;
  if (jobVersion !== undefined) return ({ JobVersion }) => JobVersion === jobVersion;
  // Servers before 1.8 have no versions. A version that comes while the job is followed belongs to it.
  const latest = monitor.job?.Version ?? 0;
  return ({ JobVersion }) => JobVersion === undefined || JobVersion >= latest;
}

function resolveExecutionId({ executions }: JobMonitor, prefix: string): string {
  const exact = executions.filter(({ execution }) => execution.ID === prefix);
  const matches = exact.length > 0 ? exact : executions.filter(({ execution }) => execution.ID.startsWith(prefix));
  const [match] = matches;
  if (match === undefined || prefix === '') {
    throw new InvalidArgumentError(
      'executionId',
      `is ${JSON.stringify(prefix)}, and the job has no such execution. Pass an id that executions() lists.`,
    );
  }
  if (matches.length > 1) {
    throw new InvalidArgumentError(
      'executionId',
      `is ${JSON.stringify(prefix)}, which matches ${matches.length} executions. Pass more of the id.`,
    );
  }
  return match.execution.ID;
}
