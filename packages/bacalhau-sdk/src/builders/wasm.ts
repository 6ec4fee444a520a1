import type { InputSource, Task } from 'bacalhau-apiclient';
import { InvalidJobError } from '../errors/index.js';
import { isAtLeast } from '../model/index.js';
import { BuiltJob, completeAtSubmission, type JobBuildContext, quote, readFile } from '../spec/index.js';
import { checkSettings, type SettingRules, text, textList } from './check-settings.js';
import { checkWasmModule } from './check-wasm-module.js';
import { inputs } from './inputs.js';
import { assembleJob, JOB_SETTINGS, type JobSettings } from './job-settings.js';

/** The settings of a WebAssembly job. */
export interface WasmSettings extends JobSettings {
  /**
   * The module: its bytes or the path of a local file (sent along with the job, so up to about 700 kB), an `http:` URL
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

const WASM_SETTINGS: SettingRules<WasmSettings> = {
  ...JOB_SETTINGS,
  module: {
    expected: 'a module',
    matches: isModule,
    example: 'a Uint8Array, a path, a URL, or { nodePath } for a module on the nodes',
    isRequired: true,
  },
  entrypoint: text('the name of an exported function'),
  parameters: textList("['--verbose']"),
};

/** Where the program's node finds its module. */
const FOLDER = '/bacalhau-module';

/**
 * Builds a job that runs a WebAssembly module (WASI).
 *
 * A module in a file is read when the job is submitted, each time. Servers before 1.7 expect the job in another form,
 * which it takes then, too.
 *
 * @throws {InvalidJobError} if the module is missing, a setting has the wrong type, or its name is not known.
 *
 * @example
 * ```ts
 * const { stdout } = await bacalhau.jobs.run(wasm({ module: './hello.wasm', parameters: ['Ada'] }));
 * ```
 */
export function wasm(settings: WasmSettings): BuiltJob {
  checkSettings(settings, WASM_SETTINGS, { builder: 'wasm', example: '{ module: "./hello.wasm" }' });
  const { module, entrypoint = '_start', parameters = [] } = settings;
  const { source, path } = moduleSource(module);
  const Params = { EntryModule: path, Entrypoint: entrypoint, Parameters: [...parameters] };
  const job = assembleJob(settings, { Type: 'wasm', Params }, [source]);
  return new BuiltJob({ ...job, Tasks: job.Tasks.map((task) => completeAtSubmission(task, adaptToRelease)) });
}

/** Adapts a task to old servers. Before 1.7 the module is a source of the engine, and the function's key is spelled differently. */
function adaptToRelease(task: Task, { serverRelease }: JobBuildContext): Task {
  if (isAtLeast(serverRelease, '1.7.0')) return task;
  const { Engine, InputSources = [], ...others } = task;
  const module = InputSources.find(({ Target }) => Target.startsWith(FOLDER));
  if (module === undefined) return task;
  const { Entrypoint, EntryModule: _, ...params } = Engine.Params ?? {};
  const inputs = InputSources.filter((source) => source !== module);
  return {
    ...others,
    Engine: { ...Engine, Params: { ...params, EntryModule: module, EntryPoint: Entrypoint } },
    ...(inputs.length > 0 && { InputSources: inputs }),
  };
}

/** Returns the module as an input of the job, and where the job finds it. */
function moduleSource(module: WasmSettings['module']): { readonly source: InputSource; readonly path: string } {
  const path = `${FOLDER}/main.wasm`;
  if (module instanceof URL && module.protocol !== 'file:') {
    return { source: inputs.url({ url: module.href, target: FOLDER }), path: `${FOLDER}/${fileName(module)}` };
  }
  if (module instanceof Uint8Array) {
    const check = (source: InputSource): InputSource => {
      checkWasmModule(module, 'module');
      return source;
    };
    return { source: completeAtSubmission(inlineModule(module, path), check), path };
  }
  if (typeof module === 'string' || module instanceof URL) {
    if (/^https?:/i.test(String(module))) {
      throw new InvalidJobError('module', `is the string ${quote(module)}, which is read as a path. Pass new URL(…).`);
    }
    const unread = { Source: { Type: 'inline', Params: { URL: String(module) } }, Target: path };
    const read = async (source: InputSource): Promise<InputSource> => {
      const bytes = await readFile(module, 'module');
      checkWasmModule(bytes, 'module');
      return { ...source, Source: inlineModule(bytes, path).Source };
    };
    return { source: completeAtSubmission(unread, read), path };
  }
  return { source: inputs.local({ path: module.nodePath, target: path }), path };
}

function isModule(module: unknown): boolean {
  if (module instanceof Uint8Array || typeof module === 'string' || module instanceof URL) return true;
  return typeof module === 'object' && module !== null && 'nodePath' in module && typeof module.nodePath === 'string';
}

/** Returns the name under which nodes store what they fetch. */
function fileName(url: URL): string {
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new InvalidJobError('module', `is a URL with the scheme ${url.protocol}. Use http: or https:.`);
  }
  const file = url.pathname.split('/').at(-1) ?? '';
  try {
    return decodeURIComponent(file);
  } catch (error) {
    throw new InvalidJobError('module', `ends with ${quote(file)}, which is not valid percent-encoding.`, {
      cause: error,
    });
  }
}

const inlineModule = (bytes: Uint8Array, target: string): InputSource =>
  inputs.inline({ content: bytes, target, mediaType: 'application/wasm' });
