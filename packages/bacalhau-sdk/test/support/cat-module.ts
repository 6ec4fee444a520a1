import { assemble } from './wasm-jobs.js';

/** A WASI program that prints the files that its arguments name, by paths without a slash at the beginning. */
const CAT = `
  (module $cat
    (import "wasi_snapshot_preview1" "args_sizes_get" (func $args_sizes_get (param i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "args_get" (func $args_get (param i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "path_open"
      (func $path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "fd_read" (func $fd_read (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "fd_close" (func $fd_close (param i32) (result i32)))
    (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
    (memory (export "memory") 4)
    (func $length (param $text i32) (result i32) (local $end i32)
      (local.set $end (local.get $text))
      (block $done (loop $again
        (br_if $done (i32.eqz (i32.load8_u (local.get $end))))
        (local.set $end (i32.add (local.get $end) (i32.const 1)))
        (br $again)))
      (i32.sub (local.get $end) (local.get $text)))
    ;; Ends with the code of the first call that fails.
    (func $check (param $result i32)
      (if (local.get $result) (then (call $proc_exit (local.get $result)))))
    (func $print (param $path i32) (local $file i32)
      (call $check (call $path_open (i32.const 3) (i32.const 1) (local.get $path) (call $length (local.get $path))
        (i32.const 0) (i64.const 2) (i64.const 0) (i32.const 0) (i32.const 8)))
      (local.set $file (i32.load (i32.const 8)))
      (block $done (loop $again
        ;; A buffer of 64 KiB: its address and its length.
        (i32.store (i32.const 16) (i32.const 131072))
        (i32.store (i32.const 20) (i32.const 65536))
        (call $check (call $fd_read (local.get $file) (i32.const 16) (i32.const 1) (i32.const 24)))
        (br_if $done (i32.eqz (i32.load (i32.const 24))))
        (i32.store (i32.const 20) (i32.load (i32.const 24)))
        (call $check (call $fd_write (i32.const 1) (i32.const 16) (i32.const 1) (i32.const 24)))
        (br $again)))
      (call $check (call $fd_close (local.get $file))))
    (func $start (export "_start") (local $argument i32)
      (call $check (call $args_sizes_get (i32.const 0) (i32.const 4)))
      (call $check (call $args_get (i32.const 1024) (i32.const 65536)))
      ;; The first is the program itself.
      (local.set $argument (i32.const 1))
      (block $done (loop $again
        (br_if $done (i32.ge_u (local.get $argument) (i32.load (i32.const 0))))
        (call $print (i32.load (i32.add (i32.const 1024) (i32.mul (i32.const 4) (local.get $argument)))))
        (local.set $argument (i32.add (local.get $argument) (i32.const 1)))
        (br $again)))
      (call $proc_exit (i32.const 0))))`;

export const catModule = (): Promise<Uint8Array> => assemble(CAT, true);
