// Not run: `npm run typecheck` fails where a line that says it is an error is none.
import {
  type IpfsResult,
  inputs,
  type JobInput,
  type RunResult,
  type TaskInput,
  type UrlResult,
} from '../../src/index.js';

const task = (engine: TaskInput['Engine']): TaskInput => ({ Name: 'main', Engine: engine });
const input = (source: NonNullable<TaskInput['InputSources']>[number]['Source']): TaskInput => ({
  ...task({ Type: 'docker', Params: { Image: 'ubuntu' } }),
  InputSources: [{ Source: source, Target: '/in' }],
});
const publisher = (to: NonNullable<TaskInput['Publisher']>): TaskInput => ({
  ...task({ Type: 'docker', Params: { Image: 'ubuntu' } }),
  Publisher: to,
});

export const job: JobInput = {
  Type: 'batch',
  Tasks: [
    task({ Type: 'docker', Params: { Image: 'ubuntu', Parameters: ['a'] } }),
    task({ Type: 'wasm', Params: { EntryModule: '/m.wasm', ImportModules: ['/n.wasm'] } }),
    input({ Type: 's3', Params: { Bucket: 'b', Partition: { Type: 'date', DateFormat: '2006' } } }),
    input({ Type: 'local', Params: { SourcePath: '/data', CreateAs: 'dir' } }),
    publisher({ Type: 's3managed' }),
    // One that this package does not know.
    task({ Type: 'gpu-farm', Params: {} }),
  ],
};

export const wrong: TaskInput[] = [
  // @ts-expect-error a param is misspelt
  task({ Type: 'docker', Params: { Image: 'ubuntu', Parameter: ['a'] } }),
  // @ts-expect-error a param has another type
  task({ Type: 'docker', Params: { Image: 'ubuntu', Parameters: 'a' } }),
  // @ts-expect-error a param of another engine
  task({ Type: 'wasm', Params: { EntryModule: '/m.wasm', Imagee: 'x' } }),
  // @ts-expect-error a param is misspelt
  input({ Type: 's3', Params: { Bucket: 'b', Prefix: 'c' } }),
  // @ts-expect-error a partition of one kind has no field of another
  input({ Type: 's3', Params: { Bucket: 'b', Partition: { Type: 'date', Pattern: '.*' } } }),
  // @ts-expect-error a value is misspelt
  input({ Type: 'local', Params: { SourcePath: '/data', CreateAs: 'folder' } }),
  // @ts-expect-error a param has another type
  input({ Type: 'ipfs', Params: { CID: 5 } }),
  // @ts-expect-error a param is misspelt
  publisher({ Type: 's3', Params: { Bucket: 'b', Key: 'k', Zone: 'eu' } }),
];

/** The types of engines that an editor proposes. */
type Proposed = Extract<TaskInput['Engine'], { Type: 'docker' | 'wasm' }>['Type'];
export const proposed: readonly Proposed[] = ['docker', 'wasm'];

declare const run: RunResult;
declare const local: UrlResult;
declare const pinned: IpfsResult;
export const resultInputs = [
  inputs.result(run, { target: '/in' }),
  inputs.result(pinned, { target: '/in' }),
  inputs.result(local, { target: '/in', as: 'archive' }),
  // @ts-expect-error what the local publisher keeps is not there as files
  inputs.result(local, { target: '/in' }),
];
