import type { InputSource, Job } from 'bacalhau-apiclient';
import { isAtLeast } from '../transport/index.js';
import { inputs } from './inputs.js';
import { assembleJob, type JobSettings } from './job-settings.js';
import type { JobContext, JobTemplate } from './job-spec.js';
import { readInput } from './read-input.js';
import { checkWasmModule } from './wasm-module.js';

export interface WasmSettings extends JobSettings {
  /**
   * The module: its bytes or the path of a file here (sent along with the job, so up to about 700 kB), an `http:` URL
   * that the nodes fetch, or a path on the nodes.
   */
  readonly module: Uint8Array | string | URL | { readonly nodePath: string };
  /** The function to call. Default: `_start`. */
  readonly entrypoint?: string | undefined;
  /** Arguments of the program. */
  readonly parameters?: readonly string[] | undefined;
}

const FOLDER = '/bacalhau-module';

/**
 * A job that runs a WebAssembly module (WASI).
 *
 * @example
 * ```ts
 * const { stdout } = await bacalhau.jobs.run(wasm({ module: './hello.wasm', parameters: ['Ada'] }));
 * ```
 */
export function wasm(settings: WasmSettings): JobTemplate {
  return { toJob: (context) => toJob(settings, context) };
}

async function toJob(settings: WasmSettings, { serverRelease }: JobContext): Promise<Job> {
  const { entrypoint = '_start', parameters = [] } = settings;
  const { source, path } = await moduleSource(settings.module);
  if (isAtLeast(serverRelease, '1.7.0')) {
    const Params = { EntryModule: path, Entrypoint: entrypoint, Parameters: [...parameters] };
    return assembleJob(settings, { Type: 'wasm', Params }, [source]);
  }
  // Before 1.7 the module is a source of the engine, and the function's key is spelt differently.
  const Params = { EntryModule: source, EntryPoint: entrypoint, Parameters: [...parameters] };
  return assembleJob(settings, { Type: 'wasm', Params });
}

/** The module as an input of the job, and where the job finds it. */
async function moduleSource(module: WasmSettings['module']): Promise<{ source: InputSource; path: string }> {
  const path = `${FOLDER}/main.wasm`;
  if (module instanceof Uint8Array) return { source: inline(module, path), path };
  if (module instanceof URL && module.protocol !== 'file:') {
    const file = module.pathname.split('/').at(-1) ?? '';
    return { source: inputs.url({ url: module.href, target: FOLDER }), path: `${FOLDER}/${decodeURIComponent(file)}` };
  }
  if (typeof module === 'object' && 'nodePath' in module) {
    return { source: inputs.local({ path: module.nodePath, target: path }), path };
  }
  return { source: inline(await readInput(module, 'module'), path), path };
}

function inline(bytes: Uint8Array, target: string): InputSource {
  checkWasmModule(bytes, 'module');
  return inputs.inline({ content: bytes, target, mediaType: 'application/wasm' });
}
