import { checkIdentifier } from '../arguments/index.js';
import type { Transport } from '../http/index.js';
import { loadResults } from '../results/index.js';
import type { EntryBuffer } from './buffer.js';
import { ExecutionStream, type StreamItem } from './execution-stream.js';
import { JobMonitor } from './job-monitor.js';
import type { LogLimits } from './limits.js';
import { NodeWatch } from './node-watch.js';
import type { FollowLogsOptions, LogTarget } from './options.js';
import { selectExecutions } from './select-executions.js';

export interface JobLogsOptions {
  readonly transport: Transport;
  readonly target: LogTarget;
  readonly options: FollowLogsOptions;
  readonly limits: LogLimits;
  readonly buffer: EntryBuffer<StreamItem>;
  /** Ends the reading when aborted, and is aborted at its end. */
  readonly stopper: AbortController;
}

/** Reads a stream for each execution into the buffer, those that start later too, until no more output can come. */
export async function readJob({ transport, target, options, limits, buffer, stopper }: JobLogsOptions): Promise<void> {
  checkIdentifier(target.jobId, 'jobId');
  const { follow = false, tail = false, headers, onReconnect, results } = options;
  if (results !== undefined) (await loadResults()).checkResultAccess(results);
  const { signal } = stopper;
  const namespace = transport.namespaceFor(target);
  const monitor = new JobMonitor({ transport, jobId: target.jobId, namespace, headers, limits, signal });
  await monitor.start();
  const isSelected = selectExecutions(monitor, options);
  if (tail && !follow) return; // Nothing was printed since the call.
  const jobId = monitor.job?.ID ?? target.jobId;
  const shared = { transport, jobId, namespace, headers, limits, monitor, buffer, follow, onReconnect, results };

  const streams = new Set<ExecutionStream>();
  // One listener for all: an AbortSignal warns of leaks when it has more than ten.
  const stop = (): void => {
    buffer.close();
    monitor.stop();
    for (const stream of streams) stream.stop();
  };
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  const failures: unknown[] = [];
  const fail = (error: unknown): void => {
    failures.push(error);
    stopper.abort();
  };
  const seen = new Set<string>();
  const nodeQueues = new Map<string, Promise<void>>();
  const nodes = new Map<string, NodeWatch>();
  const nodeOf = (nodeId: string): NodeWatch => {
    const everyMs = limits.nodeCheckMs;
    const node = nodes.get(nodeId) ?? new NodeWatch({ transport, nodeId, headers, everyMs, signal });
    nodes.set(nodeId, node);
    return node;
  };
  const monitoring = monitor.run().catch(fail);

  const startStreams = (isFirst: boolean): void => {
    for (const { execution, status } of monitor.executions) {
      if (seen.has(execution.ID) || !isSelected(execution) || !status.hasStarted) continue;
      seen.add(execution.ID);
      if (status.hasNoLog || (tail && isFirst && status.hasEnded)) continue;
      const stream = new ExecutionStream({
        ...shared,
        executionId: execution.ID,
        node: nodeOf(execution.NodeID),
        skipOldOutput: tail && isFirst,
      });
      streams.add(stream);
      // A node serves one log stream at a time, so the streams of one node are read one after the other.
      const earlier = nodeQueues.get(execution.NodeID) ?? Promise.resolve();
      const done = earlier
        .then(() => stream.run())
        .catch(fail)
        .finally(() => streams.delete(stream));
      nodeQueues.set(execution.NodeID, done);
    }
  };
  for (let isFirst = true; !signal.aborted; isFirst = false) {
    startStreams(isFirst);
    if (!follow || isOver(monitor, options, seen)) break;
    const before = countStarted(monitor);
    await monitor.waitUntil(() => countStarted(monitor) !== before || isOver(monitor, options, seen)).catch(fail);
  }
  await Promise.all(nodeQueues.values());
  stopper.abort();
  await monitoring;
  if (failures.length > 0) throw failures[0];
}

/** Returns whether no further execution is expected. The streams of the others end by themselves. */
function isOver(monitor: JobMonitor, { executionId }: FollowLogsOptions, seen: ReadonlySet<string>): boolean {
  if (executionId !== undefined && seen.size > 0) return true;
  return monitor.hasJobEnded && monitor.executions.every(({ status }) => status.hasEnded);
}

const countStarted = ({ executions }: JobMonitor): number =>
  executions.filter(({ status }) => status.hasStarted).length;
