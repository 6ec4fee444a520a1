import { readFile } from 'node:fs/promises';
import { docker, type JobSpec, type SpecConfig, wasm } from 'bacalhau-sdk';
import wabt from 'wabt';

/** The hello-world of Bacalhau's documentation. */
export function dockerHello(publisher: SpecConfig | undefined): JobSpec {
  const program = { image: 'ubuntu:latest', entrypoint: ['/bin/bash'], parameters: ['-c', 'echo Hello World'] };
  return docker({ ...program, publisher });
}

export async function wasmHello(publisher: SpecConfig | undefined): Promise<JobSpec> {
  const text = await readFile(new URL('hello.wat', import.meta.url), 'utf8');
  // Servers refuse a module without its names.
  const { buffer } = (await wabt()).parseWat('hello.wat', text).toBinary({ write_debug_names: true });
  return wasm({ module: buffer, publisher });
}
