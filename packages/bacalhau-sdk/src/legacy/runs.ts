import type { Execution, JobState, RunOutput, ShardState, StorageSpec } from 'bacalhau-apiclient/legacy';

/** One run of a job on a node, whichever of the servers' shapes it came in. */
export interface LegacyRun {
  /** The id of the node. */
  readonly nodeId: string;
  /** Which part of a sharded job it is; 0 for all others. */
  readonly shard: number;
  /** The server's word, for example `Completed`. Its words changed with 0.3.20. */
  readonly state: string;
  /** What the server remarks. It says little about failures. */
  readonly status: string | undefined;
  /** What the job wrote, shortened by the server; undefined while it runs and for failed ones. */
  readonly output: RunOutput | undefined;
  /** Where the result went; undefined unless it was published. */
  readonly published: StorageSpec | undefined;
}

/**
 * The runs of a job, in no order.
 *
 * @example
 * ```ts
 * const { state } = await jobs.states(id);
 * for (const { nodeId, output } of runsOf(state)) console.log(nodeId, output?.stdout);
 * ```
 */
export function runsOf(state: JobState): LegacyRun[] {
  const byNode = Object.entries(state.Nodes ?? {}).flatMap(([nodeId, { Shards = {} }]) =>
    Object.entries(Shards).map(([shard, run]) => toRun(nodeId, Number(shard), run)),
  );
  const executions = [
    ...(state.Executions ?? []),
    ...Object.values(state.Shards ?? {}).flatMap(({ Executions }) => Executions ?? []),
  ];
  return [...byNode, ...executions.map((run) => toRun(run.NodeId, run.ShardIndex ?? 0, run))];
}

function toRun(nodeId: string, shard: number, run: ShardState | Execution): LegacyRun {
  const { StorageSource } = run.PublishedResults;
  return {
    nodeId,
    shard,
    state: run.State ?? 'Unknown',
    status: run.Status,
    output: run.RunOutput,
    published: StorageSource === undefined ? undefined : run.PublishedResults,
  };
}
