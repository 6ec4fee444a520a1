import type { Job, SpecConfig, Task } from 'bacalhau-apiclient';
import wabt from 'wabt';
import { freshName } from './network.js';
import { has } from './server.js';

/** A WASI program that prints a text, once or more often, and ends with an exit code, or without setting one. */
const program = (output: string, exitCode: number | undefined, times = 1): string => `
  (module $program
    (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
    (memory (export "memory") 1)
    (data (i32.const 16) "${output}")
    (func $start (export "_start")
      (i32.store (i32.const 0) (i32.const 16))
      (i32.store (i32.const 4) (i32.const ${output.length}))
      ${'(drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))'.repeat(times)}
      ${exitCode === undefined ? '' : `(call $proc_exit (i32.const ${exitCode}))`}))`;

/** A WASI program that prints a text, and fills the file `outputs/data.bin` with so many times 64 KiB that do not compress. */
const writer = (output: string, blocks: number): string => `
  (module $writer
    (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "path_open"
      (func $path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "random_get" (func $random_get (param i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
    (memory (export "memory") 3)
    (data (i32.const 16) "${output}")
    (data (i32.const 1024) "outputs/data.bin")
    (func $start (export "_start") (local $left i32) (local $result i32)
      (i32.store (i32.const 0) (i32.const 16))
      (i32.store (i32.const 4) (i32.const ${output.length}))
      (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))
      (local.set $result (call $path_open (i32.const 3) (i32.const 0) (i32.const 1024) (i32.const 16)
        (i32.const 9) (i64.const 64) (i64.const 0) (i32.const 0) (i32.const 2048)))
      (if (local.get $result) (then (call $proc_exit (local.get $result))))
      (i32.store (i32.const 0) (i32.const 65536))
      (i32.store (i32.const 4) (i32.const 65536))
      (local.set $left (i32.const ${blocks}))
      (block $done (loop $again
        (br_if $done (i32.eqz (local.get $left)))
        (drop (call $random_get (i32.const 65536) (i32.const 65536)))
        (drop (call $fd_write (i32.load (i32.const 2048)) (i32.const 0) (i32.const 1) (i32.const 8)))
        (local.set $left (i32.sub (local.get $left) (i32.const 1)))
        (br $again)))
      (call $proc_exit (i32.const 0))))`;

/** A program that never ends by itself. */
const ENDLESS =
  '(module $endless (memory (export "memory") 1) (func $start (export "_start") (loop $again (br $again))))';

/** A program that sleeps for so many seconds without using the processor, and ends with exit code 0. */
const sleeper = (seconds: number): string => `
  (module $sleeper
    (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll_oneoff (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
    (memory (export "memory") 1)
    (func $start (export "_start")
      (i32.store (i32.const 16) (i32.const 1))
      (i64.store (i32.const 24) (i64.const ${seconds}000000000))
      (drop (call $poll_oneoff (i32.const 0) (i32.const 64) (i32.const 1) (i32.const 128)))
      (call $proc_exit (i32.const 0))))`;

export async function assemble(text: string, names: boolean): Promise<Uint8Array> {
  const module = (await wabt()).parseWat('program.wat', text);
  const { buffer } = module.toBinary({ write_debug_names: names });
  module.destroy();
  return buffer;
}

/** The bytes of a program that prints a text and ends with an exit code; without names no node can run it. */
export const moduleOf = (
  output: string,
  exitCode: number | undefined,
  { names = true, times = 1 } = {},
): Promise<Uint8Array> => assemble(program(output, exitCode, times), names);

/** The bytes of a program that sleeps for so many seconds. */
export const sleepingModule = (seconds: number): Promise<Uint8Array> => assemble(sleeper(seconds), true);

async function wasmTask(text: string): Promise<Task> {
  const buffer = await assemble(text, true);
  const module = {
    Source: {
      Type: 'inline',
      Params: { URL: `data:application/wasm;base64,${Buffer.from(buffer).toString('base64')}` },
    },
    Target: '/app/program.wasm',
  };
  const isInput = has('wasm-module', 'an input');
  return {
    Name: 'main',
    Engine: {
      Type: 'wasm',
      Params: isInput
        ? { EntryModule: module.Target, Entrypoint: '_start' }
        : { EntryModule: module, EntryPoint: '_start' },
    },
    Publisher: { Type: 'local' },
    // Many of them run at once, beside those of other tests: small ones, which may wait until there is room.
    Resources: { CPU: '10m', Memory: '32MB' },
    Timeouts: { QueueTimeout: 60, ExecutionTimeout: 120 },
    ...(isInput && { InputSources: [module] }),
  };
}

/** A WebAssembly job that prints `output` (plain letters) and ends with `exitCode`. */
export async function printingJob(
  output: string,
  { exitCode = 0, ...rest }: { exitCode?: number } & Partial<Job> = {},
): Promise<Job> {
  return {
    Name: freshName('print'),
    Type: 'batch',
    Count: 1,
    Tasks: [await wasmTask(program(output, exitCode))],
    ...rest,
  };
}

/** A WebAssembly job that prints `output` (plain letters) and writes `blocks` times 64 KiB into `outputs/data.bin`. */
export async function writingJob(
  output: string,
  {
    blocks = 1,
    publisher = { Type: 'local' },
    ...rest
  }: { blocks?: number; publisher?: SpecConfig } & Partial<Job> = {},
): Promise<Job> {
  const task = await wasmTask(writer(output, blocks));
  const ResultPaths = [{ Name: 'outputs', Path: '/outputs' }];
  return {
    Name: freshName('write'),
    Type: 'batch',
    Count: 1,
    Tasks: [{ ...task, Publisher: publisher, ResultPaths }],
    ...rest,
  };
}

/** A WebAssembly job that sleeps for a while, which costs next to nothing. */
export async function sleepingJob(seconds: number, change: Partial<Job> = {}): Promise<Job> {
  return { Name: freshName('sleep'), Type: 'batch', Count: 1, Tasks: [await wasmTask(sleeper(seconds))], ...change };
}

export async function endlessJob(): Promise<Job> {
  return { Name: freshName('endless'), Type: 'batch', Count: 1, Tasks: [await wasmTask(ENDLESS)] };
}
