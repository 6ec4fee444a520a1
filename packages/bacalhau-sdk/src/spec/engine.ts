import { type FieldsOf, list, map, object, required, spec, text } from './describe.js';
import type { KnownSpec, OtherSpec } from './open-spec.js';
import { SOURCE, type SourceSpec } from './source.js';

// Type aliases, not interfaces: only these can be passed where any params can be.

/** What runs a task: a Docker image, a WebAssembly module, or an engine that this package does not know. */
export type EngineSpec =
  | KnownSpec<'docker', DockerParams>
  | KnownSpec<'wasm', WasmParams>
  | OtherSpec<'docker' | 'wasm', DockerParams | WasmParams>;

/** The params of an engine `docker`. */
export type DockerParams = {
  /** An image that the nodes can pull. */
  Image: string;
  /** The program to run. Default: the image's own. */
  Entrypoint?: readonly string[];
  /** Arguments of the program. */
  Parameters?: readonly string[];
  /** Variables as `NAME=value`, with names of any case; `Env` of the task has stricter names. */
  EnvironmentVariables?: readonly string[];
  /** An absolute path in the image. */
  WorkingDirectory?: string;
};

/** The params of an engine `wasm`. */
export type WasmParams = {
  /** The `Target` of the input that is the module; before 1.7, that input itself. */
  EntryModule: string | WasmModuleSource;
  /** The function to call. Default: `_start`. */
  Entrypoint?: string;
  /** Arguments of the program. */
  Parameters?: readonly string[];
  /** The `Target`s of inputs that are modules which it imports; before 1.7, these inputs themselves. */
  ImportModules?: readonly (string | WasmModuleSource)[];
  /** Variables of the program. Read before 1.7 only; later the task's `Env` is. */
  EnvironmentVariables?: { [name: string]: string };
};

/** A module as servers before 1.7 expect it. */
export type WasmModuleSource = {
  /** Where it comes from. */
  Source: SourceSpec;
  /** Not used. */
  Alias?: string;
  /** Not used. */
  Target?: string;
};

const MODULE = {
  type: 'textOrObject',
  object: object<WasmModuleSource>({ Source: required(SOURCE), Alias: text(), Target: text() }),
} as const;

const DOCKER: FieldsOf<DockerParams> = {
  Image: required(text('an image that the nodes can pull, such as "ubuntu:24.04"')),
  Entrypoint: list(text()),
  Parameters: list(text()),
  EnvironmentVariables: list(text('NAME=value')),
  WorkingDirectory: text('an absolute path'),
};

const WASM: FieldsOf<WasmParams> = {
  EntryModule: required(MODULE),
  Entrypoint: text('the name of a function, such as "_start"'),
  Parameters: list(text()),
  ImportModules: list(MODULE),
  EnvironmentVariables: map,
};

export const ENGINE = spec({ docker: DOCKER, wasm: WASM });
