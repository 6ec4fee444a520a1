import type { Job } from 'bacalhau-apiclient';
import { InvalidArgumentError } from '../errors/index.js';

export function checkQueueTimeout(queueTimeoutMs: number | undefined): void {
  if (queueTimeoutMs === undefined || (typeof queueTimeoutMs === 'number' && queueTimeoutMs >= 0)) return;
  throw new InvalidArgumentError('queueTimeoutMs', `is ${queueTimeoutMs}. Use milliseconds from 0 up.`);
}

/** Lets the tasks that say nothing themselves wait for room so long. */
export function withQueueTimeout<J extends Job>(job: J, queueTimeoutMs: number | undefined): J {
  if (queueTimeoutMs === undefined || job.Type === 'daemon') return job;
  const Tasks = job.Tasks.map((task) => {
    const { QueueTimeout = 0, ExecutionTimeout = 0, TotalTimeout = 0 } = task.Timeouts ?? {};
    if (QueueTimeout > 0) return task;
    // Servers refuse a total that is less than its parts.
    const longest = TotalTimeout > 0 ? TotalTimeout - ExecutionTimeout : Number.MAX_SAFE_INTEGER;
    const seconds = Math.min(Math.ceil(queueTimeoutMs / 1_000), longest);
    return seconds > 0 ? { ...task, Timeouts: { ...task.Timeouts, QueueTimeout: seconds } } : task;
  });
  return { ...job, Tasks };
}
