import type { NodeState, Resources } from 'bacalhau-sdk';
import { useBacalhau } from './connection.ts';
import { bytes } from './format.ts';
import { useLive } from './live.ts';
import { CopyId, Failure, Loading, Notice } from './ui.tsx';

export function NodesPage() {
  const bacalhau = useBacalhau();
  const {
    value: nodes,
    error,
    retry,
  } = useLive(async (signal) => (await bacalhau.nodes.list({ signal })).items, 4_000, [bacalhau]);
  return (
    <section class="nodes" aria-busy={nodes === undefined && error === undefined}>
      <h1 tabIndex={-1}>Nodes</h1>
      {error && <Failure title="The nodes cannot be loaded" error={error} retry={retry} />}
      {nodes === undefined && !error && <Loading rows={4} label="Loading nodes" />}
      {nodes?.length === 0 && <Notice title="No nodes">The network has no nodes.</Notice>}
      <ul class="cards">
        {nodes?.map((node) => (
          <NodeCard key={node.Info.NodeID} node={node} />
        ))}
      </ul>
    </section>
  );
}

function NodeCard({ node }: { readonly node: NodeState }) {
  const { Info, Membership, Connection } = node;
  const { NodeID, NodeType, Labels, ComputeNodeInfo: compute, BacalhauVersion } = Info;
  const connected = Connection === 'CONNECTED';
  const labels = Object.entries(Labels).filter(([name]) => name !== 'name');
  return (
    <li class="card">
      <div class="card-head">
        <h2>{NodeType === 'Compute' ? 'Compute node' : 'Orchestrator'}</h2>
        <span class={`state ${connected ? 'good' : 'bad'}`}>{Connection.toLowerCase()}</span>
      </div>
      <p class="muted">
        <CopyId of={NodeID} /> · {Membership.toLowerCase()} · {BacalhauVersion.GitVersion}
      </p>
      {compute !== undefined && NodeType === 'Compute' && (
        <>
          <Meters capacity={compute.MaxCapacity} available={compute.AvailableCapacity} />
          <dl class="facts">
            <dt>Runs</dt>
            <dd>{list(compute.ExecutionEngines)}</dd>
            <dt>Publishes to</dt>
            <dd>{list(compute.Publishers)}</dd>
            <dt>Reads from</dt>
            <dd>{list(compute.StorageSources)}</dd>
            <dt>Executions</dt>
            <dd>
              {compute.RunningExecutions} running, {compute.EnqueuedExecutions} waiting
            </dd>
          </dl>
        </>
      )}
      <ul class="labels" aria-label="Labels">
        {labels.map(([name, value]) => (
          <li key={name} class="label cut" title={`${name}=${value}`}>
            {name}={value}
          </li>
        ))}
      </ul>
    </li>
  );
}

const list = (names: readonly string[] | null): string => (names?.length ? [...names].sort().join(', ') : 'nothing');

function Meters({ capacity, available }: { readonly capacity: Resources; readonly available: Resources }) {
  const kinds = [
    ['CPU', (amount: number) => `${Number(amount.toFixed(1))}`],
    ['Memory', bytes],
    ['Disk', bytes],
    ['GPU', String],
  ] as const;
  return (
    <div class="meters">
      {kinds.map(([kind, words]) => {
        const all = capacity[kind] ?? 0;
        if (all === 0) return null;
        const used = Math.max(0, all - (available[kind] ?? 0));
        return (
          <div key={kind} class="gauge">
            <span>{kind}</span>
            <meter min={0} max={all} value={used} aria-label={`${kind} in use`}>
              {Math.round((used / all) * 100)} %
            </meter>
            <span class="muted">
              {words(used)} of {words(all)}
            </span>
          </div>
        );
      })}
    </div>
  );
}
