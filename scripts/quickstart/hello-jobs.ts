import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Job, SpecConfig } from 'bacalhau-apiclient';
import wabt from 'wabt';

/** A fixed name would make the second submission an update of the first job without a change, which servers refuse. */
const freshName = (): string => `hello-${randomBytes(4).toString('hex')}`;

export function dockerHello(publisher: SpecConfig): Job {
  return {
    Name: freshName(),
    Type: 'batch',
    Count: 1,
    Tasks: [
      {
        Name: 'main',
        Engine: {
          Type: 'docker',
          Params: { Image: 'ubuntu:latest', Entrypoint: ['/bin/bash'], Parameters: ['-c', 'echo Hello World'] },
        },
        Publisher: publisher,
      },
    ],
  };
}

export async function wasmHello(publisher: SpecConfig): Promise<Job> {
  const text = await readFile(new URL('hello.wat', import.meta.url), 'utf8');
  const module = (await wabt()).parseWat('hello.wat', text);
  // Servers refuse a module without its names.
  const { buffer } = module.toBinary({ write_debug_names: true });
  return {
    Name: freshName(),
    Type: 'batch',
    Count: 1,
    Tasks: [
      {
        Name: 'main',
        Engine: { Type: 'wasm', Params: { EntryModule: '/app/hello.wasm', Entrypoint: '_start' } },
        Publisher: publisher,
        InputSources: [
          {
            Source: {
              Type: 'inline',
              Params: { URL: `data:application/wasm;base64,${Buffer.from(buffer).toString('base64')}` },
            },
            Target: '/app/hello.wasm',
          },
        ],
      },
    ],
  };
}
