import type { Execution, JobState, RunOutput, ShardState, StorageSpec } from 'bacalhau-apiclient/legacy';

/** One run of a job on a node, whatever the server's format. */
export interface LegacyRun {
  /** The id of the node. */
  readonly nodeId: string;
  /** The index of its shard; 0 if the job is not sharded. */
  readonly shard: number;
  /** The server's name of the state, for example `Completed`. The names changed with 0.3.20. */
  readonly state: string;
  /** The server's remark. It says little about failures. */
  readonly status: string | undefined;
  /** The output, truncated by the server; undefined for running and failed ones. */
  readonly output: RunOutput | undefined;
  /** Where the result was published; undefined if it was not. */
  readonly published: StorageSpec | undefined;
}

/**
 * Returns the runs of a job, in no order.
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
