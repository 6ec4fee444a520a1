import type { Devnet } from 'bacalhau-devnet';
import { poll } from './poll.js';

/** (module $m (func (export "_start"))): with the section of names, without which the server refuses a module. */
const WASM_MODULE = Buffer.from(
  [
    '0061736d01000000', // magic, version 1
    '010401600000', // one type: () -> ()
    '03020100', // one function of that type
    '070a01065f73746172740000', // exported as _start
    '0a040102000b', // with an empty body
    '0009046e616d650002016d', // custom section "name": the module is called m
  ].join(''),
  'hex',
);

export interface ListedNode {
  readonly Connection: string;
  readonly Membership: string;
  readonly Info: { readonly NodeID: string; readonly NodeType: string };
}

/** JSON of an API call; throws unless it succeeds. */
async function json<T>(devnet: Devnet, path: string, init?: RequestInit): Promise<T> {
  const response = await fetch(`${devnet.url}/api/v1${path}`, init);
  const text = await response.text();
  if (!response.ok) throw new Error(`${response.status} ${text}`);
  const value: T = JSON.parse(text);
  return value;
}

export async function connectedComputeNodes(devnet: Devnet): Promise<string[]> {
  const { Nodes } = await json<{ Nodes: ListedNode[] }>(devnet, '/orchestrator/nodes?limit=1000');
  return Nodes.filter(
    (node) => node.Info.NodeType === 'Compute' && node.Connection === 'CONNECTED' && node.Membership === 'APPROVED',
  )
    .map((node) => node.Info.NodeID)
    .sort();
}

const MODULE_SOURCE = {
  Source: {
    Type: 'inline',
    Params: { URL: `data:application/wasm;base64,${WASM_MODULE.toString('base64')}` },
  },
  Target: '/app/m.wasm',
};

/** A job that does nothing, and has a result. Before 1.7 the module is not an input of the job. */
export function wasmJob(options: { readonly before17?: boolean; readonly inputs?: readonly object[] } = {}): object {
  const { before17 = false, inputs = [] } = options;
  return {
    Type: 'batch',
    Count: 1,
    Tasks: [
      {
        Name: 'main',
        Engine: {
          Type: 'wasm',
          Params: { EntryModule: before17 ? MODULE_SOURCE : MODULE_SOURCE.Target, Entrypoint: '_start' },
        },
        Publisher: { Type: 'local' },
        InputSources: [...(before17 ? [] : [MODULE_SOURCE]), ...inputs],
      },
    ],
  };
}

export function dockerJob(image: string, command: string[]): object {
  return {
    Type: 'batch',
    Count: 1,
    Tasks: [
      {
        Name: 'main',
        Engine: { Type: 'docker', Params: { Image: image, Entrypoint: command } },
        // Up to 1.7 a task must name one.
        Publisher: { Type: 'local' },
        Network: { Type: 'None' },
      },
    ],
  };
}

export async function submit(devnet: Devnet, job: object): Promise<string> {
  const { JobID } = await json<{ JobID: string }>(devnet, '/orchestrator/jobs', {
    method: 'PUT',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ Job: job }),
  });
  return JobID;
}

/** Waits until a job is in a state; fails at once if it ends in another. */
export async function waitForState(devnet: Devnet, id: string, wanted: string): Promise<void> {
  await poll(`job ${id} to be ${wanted}`, async () => {
    const { Job } = await json<{ Job: { State: { StateType: string; Message?: string } } }>(
      devnet,
      `/orchestrator/jobs/${id}`,
    );
    const { StateType, Message } = Job.State;
    if (StateType !== wanted && ['Completed', 'Failed', 'Stopped'].includes(StateType)) {
      throw new Error(`job ${id} is ${StateType}: ${Message}`);
    }
    return StateType === wanted;
  });
}

/** URLs of a job's results. */
export async function resultUrls(devnet: Devnet, id: string): Promise<string[]> {
  const { Items } = await json<{ Items: { Params: { URL: string } }[] }>(devnet, `/orchestrator/jobs/${id}/results`);
  return Items.map((item) => item.Params.URL);
}
