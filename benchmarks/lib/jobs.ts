/** Jobs to measure with. */
import { Configuration, type Job, JobApi } from 'bacalhau-apiclient';
import wabt from 'wabt';

/** How a job that never runs stays: `failed` at once, for a store to be full of; `queued` for an hour, to be waited for. */
export type Idle = 'failed' | 'queued';

/** A job that no node suits. With a text it carries that as an input. */
export function idleJob(name: string, idle: Idle, input?: string): Job {
  const { Tasks, ...rest } = job(name, program, input);
  return {
    ...rest,
    Constraints: [{ Key: 'benchmark', Operator: '=', Values: ['never'] }],
    Tasks: Tasks.map((task) => ({ ...task, Timeouts: idle === 'queued' ? { QueueTimeout: 3_600 } : {} })),
  };
}

/** The smallest job that does something: WebAssembly that prints a word. */
export const smallJob = (name: string, input?: string): Job => job(name, program, input);

/** The same without resources and timeouts: the orchestrator's defaults apply, half a core among them. */
export function bareJob(name: string): Job {
  const { Tasks, ...rest } = smallJob(name);
  return { ...rest, Tasks: Tasks.map(({ Resources: _resources, Timeouts: _timeouts, ...task }) => task) };
}

const program = await assemble(`
  (module $small
    (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
    (memory (export "memory") 1)
    (data (i32.const 16) "done\\n")
    (func $start (export "_start")
      (i32.store (i32.const 0) (i32.const 16))
      (i32.store (i32.const 4) (i32.const 5))
      (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))))`);

/** A job that sleeps for whole seconds, prints a word, and otherwise leaves everything to the orchestrator's defaults. */
export async function sleepingJob(name: string, seconds: number): Promise<Job> {
  const { Tasks, ...rest } = job(name, await sleepProgram(seconds));
  return { ...rest, Tasks: Tasks.map(({ Resources: _resources, Timeouts: _timeouts, ...task }) => task) };
}

/** A subscription to the clock (at 32, 48 bytes), the event that it brings (at 96), and how many there were (at 128). */
const sleepProgram = (seconds: number): Promise<Uint8Array> =>
  assemble(`
  (module $sleep
    (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll_oneoff (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
    (memory (export "memory") 1)
    (data (i32.const 16) "done\\n")
    (func $start (export "_start")
      (i32.store (i32.const 48) (i32.const 1)) ;; the monotonic clock
      (i64.store (i32.const 56) (i64.const ${seconds}000000000))
      (drop (call $poll_oneoff (i32.const 32) (i32.const 96) (i32.const 1) (i32.const 128)))
      (i32.store (i32.const 0) (i32.const 16))
      (i32.store (i32.const 4) (i32.const 5))
      (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))))`);

export async function assemble(text: string): Promise<Uint8Array> {
  const module = (await wabt()).parseWat('program.wat', text);
  const { buffer } = module.toBinary({ write_debug_names: true });
  module.destroy();
  return buffer;
}

export function job(name: string, bytes: Uint8Array, input?: string): Job {
  return { Name: name, Type: 'batch', Count: 1, Tasks: [task(bytes, input)] };
}

function task(bytes: Uint8Array, input: string | undefined): NonNullable<Job['Tasks']>[number] {
  return {
    Name: 'main',
    Engine: { Type: 'wasm', Params: { EntryModule: '/app/program.wasm', Entrypoint: '_start' } },
    Resources: { CPU: '100m', Memory: '32MB' },
    // It may wait for room, even if the only node should be out of sight for a moment.
    Timeouts: { QueueTimeout: 600 },
    InputSources: [
      inline(bytes, 'application/wasm', '/app/program.wasm'),
      ...(input === undefined ? [] : [inline(Buffer.from(input), 'text/plain', '/input.txt')]),
    ],
  };
}

const inline = (bytes: Uint8Array, mediaType: string, target: string) => ({
  Source: { Type: 'inline', Params: { URL: `data:${mediaType};base64,${Buffer.from(bytes).toString('base64')}` } },
  Target: target,
});

/** Submits jobs without the SDK, several at once; tells each id. */
export async function putJobs(url: string, jobs: Iterable<Job>, onPut?: (id: string) => void): Promise<void> {
  const api = new JobApi(new Configuration({ basePath: url }));
  const left = jobs[Symbol.iterator]();
  const put = async (): Promise<void> => {
    for (let next = left.next(); !next.done; next = left.next()) {
      const { data } = await api.putJob({ putJobRequest: { Job: next.value } });
      onPut?.(data.JobID ?? (await idOf(api, next.value)));
    }
  };
  await Promise.all(Array.from({ length: 8 }, put));
}

/** Asks for the id of a job that was submitted: servers up to 1.9.3 may answer a submission with nothing. */
async function idOf(api: JobApi, { Name: jobId = '' }: Job): Promise<string> {
  const { data } = await api.getJob({ jobId });
  return data.Job?.ID ?? '';
}

/** So many jobs, made as they are needed. */
export function* many(count: number, make: (index: number) => Job): Generator<Job, void, undefined> {
  for (let index = 0; index < count; index += 1) yield make(index);
}
