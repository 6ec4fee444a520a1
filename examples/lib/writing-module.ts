import wabt from 'wabt';

/** Builds a WASI program that writes megabytes of random data into a file in the folder `outputs`. */
export async function writingModule(megabytes: number): Promise<Uint8Array> {
  const file = 'outputs/noise.bin';
  const program = `
    (module $noise
      (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
      (import "wasi_snapshot_preview1" "path_open"
        (func $path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
      (import "wasi_snapshot_preview1" "random_get" (func $random_get (param i32 i32) (result i32)))
      (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
      (memory (export "memory") 2)
      (data (i32.const 16) "${file}")
      (func $start (export "_start") (local $blocks i32)
        ;; Descriptor 3 is the root of the job's file system; 9 is O_CREAT and O_TRUNC; 64 is the right to write.
        (drop (call $path_open (i32.const 3) (i32.const 0) (i32.const 16) (i32.const ${file.length})
          (i32.const 9) (i64.const 64) (i64.const 0) (i32.const 0) (i32.const 12)))
        ;; One buffer of 64 KiB: its address and its length.
        (i32.store (i32.const 0) (i32.const 65536))
        (i32.store (i32.const 4) (i32.const 65536))
        (local.set $blocks (i32.const ${megabytes * 16}))
        (loop $again
          (drop (call $random_get (i32.const 65536) (i32.const 65536)))
          (drop (call $fd_write (i32.load (i32.const 12)) (i32.const 0) (i32.const 1) (i32.const 8)))
          (local.set $blocks (i32.sub (local.get $blocks) (i32.const 1)))
          (br_if $again (local.get $blocks)))
        (call $proc_exit (i32.const 0))))`;
  // Nodes reject a module without its name section.
  return (await wabt()).parseWat('noise.wat', program).toBinary({ write_debug_names: true }).buffer;
}
