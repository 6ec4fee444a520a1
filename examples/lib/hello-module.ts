import wabt from 'wabt';

/** Builds a WASI program that prints a text. Real ones are compiled from Rust, Go, C and other languages. */
export async function helloModule(text: string): Promise<Uint8Array> {
  const program = `
    (module $hello
      (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
      (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
      (memory (export "memory") 1)
      (data (i32.const 16) "${text}\\n")
      (func $start (export "_start")
        ;; One buffer: its address and its length.
        (i32.store (i32.const 0) (i32.const 16))
        (i32.store (i32.const 4) (i32.const ${text.length + 1}))
        (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))
        (call $proc_exit (i32.const 0))))`;
  // Nodes reject a module without its name section.
  return (await wabt()).parseWat('hello.wat', program).toBinary({ write_debug_names: true }).buffer;
}
