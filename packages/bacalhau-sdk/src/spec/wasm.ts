import type { InputSource, Job } from 'bacalhau-apiclient';
import { InvalidJobError } from '../errors/index.js';
import { isAtLeast } from '../model/index.js';
import { requireSettings, textList } from './check-settings.js';
import { inputs } from './inputs.js';
import type { JobBuildContext, JobBuilder } from './job-input.js';
import { assembleJob, type JobSettings } from './job-settings.js';
import { readFile } from './read-file.js';
import { checkWasmModule } from './wasm-module.js';

/** What a WebAssembly job is made of. */
export interface WasmSettings extends JobSettings {
  /**
   * The module: its bytes or the path of a file here (sent along with the job, so up to about 700 kB), an `http:` URL
   * that the nodes fetch, or a path on the nodes.
   */
  readonly module:
    | Uint8Array
    | string
    | URL
    | {
        /** An absolute path, which the nodes must allow. */
        readonly nodePath: string;
      };
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
export function wasm(settings: WasmSettings): JobBuilder {
  requireSettings(settings, 'wasm', '{ module: "./hello.wasm" }');
  return { toJob: (context) => toJob(settings, context) };
}

async function toJob(settings: WasmSettings, { serverRelease }: JobBuildContext): Promise<Job> {
  const { entrypoint = '_start' } = settings;
  const parameters = textList(settings.parameters ?? [], 'parameters');
  const { source, path } = await moduleSource(settings.module);
  if (isAtLeast(serverRelease, '1.7.0')) {
    const Params = { EntryModule: path, Entrypoint: entrypoint, Parameters: parameters };
    return assembleJob(settings, { Type: 'wasm', Params }, [source]);
  }
  // Before 1.7 the module is a source of the engine, and the function's key is spelt differently.
  const Params = { EntryModule: source, EntryPoint: entrypoint, Parameters: parameters };
  return assembleJob(settings, { Type: 'wasm', Params });
}

/** The module as an input of the job, and where the job finds it. */
async function moduleSource(module: WasmSettings['module']): Promise<{ source: InputSource; path: string }> {
  const path = `${FOLDER}/main.wasm`;
  if (module instanceof Uint8Array) return { source: inline(module, path), path };
  if (module instanceof URL && module.protocol !== 'file:') {
    return { source: inputs.url({ url: module.href, target: FOLDER }), path: `${FOLDER}/${fileName(module)}` };
  }
  if (typeof module === 'string' || module instanceof URL) {
    if (/^https?:/i.test(String(module))) {
      throw new InvalidJobError('module', `is the text ${module}, which is read as a path. Give new URL(…) of it.`);
    }
    return { source: inline(await readFile(module, 'module'), path), path };
  }
  if (typeof module === 'object' && module !== null && typeof module.nodePath === 'string') {
    return { source: inputs.local({ path: module.nodePath, target: path }), path };
  }
  throw new InvalidJobError('module', 'is no module. Give a Uint8Array, a path, a URL, or { nodePath } for one there.');
}

/** The name under which nodes keep what they fetch. */
function fileName(url: URL): string {
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new InvalidJobError('module', `has the scheme ${url.protocol}; nodes fetch http: and https: only.`);
  }
  const file = url.pathname.split('/').at(-1) ?? '';
  try {
    return decodeURIComponent(file);
  } catch (error) {
    throw new InvalidJobError('module', `ends with ${file}, which is no valid escape of a name.`, { cause: error });
  }
}

function inline(bytes: Uint8Array, target: string): InputSource {
  checkWasmModule(bytes, 'module');
  return inputs.inline({ content: bytes, target, mediaType: 'application/wasm' });
}
