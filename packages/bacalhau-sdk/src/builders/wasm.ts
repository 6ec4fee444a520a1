import type { InputSource, Task } from 'bacalhau-apiclient';
import { InvalidJobError } from '../errors/index.js';
import { isAtLeast } from '../model/index.js';
import { atItsPath, BuiltJob, completeAtSubmission, type JobBuildContext, quote, readFile } from '../spec/index.js';
import { isRecord } from '../util/index.js';
import { checkSettings, type SettingRules, text, textList } from './check-settings.js';
import { checkWasmModule } from './check-wasm-module.js';
import { inputs } from './inputs.js';
import { assembleJob, JOB_SETTINGS, type JobSettings } from './job-settings.js';

/** The settings of a WebAssembly job. */
export interface WasmSettings extends JobSettings {
  /**
   * The module: its bytes or the path of a local file (sent along with the job, so up to about 700 kB), an `http:` URL
   * that the nodes fetch, a path on the nodes, an input made by `inputs` that is the module or a folder with only it, or
   * the path of a module in one of the job's `inputs`.
   */
  readonly module: Uint8Array | string | URL | InputSource | ModulePath;
  /** Modules that it imports, each by the `target` that it has as an input, or by its path in one of the job's `inputs`. */
  readonly importModules?: readonly (InputSource | InputPath)[] | undefined;
  /** The function to call. Default: `_start`. */
  readonly entrypoint?: string | undefined;
  /** Arguments of the program. */
  readonly parameters?: readonly string[] | undefined;
}

/** Where a module is. */
export type ModulePath =
  | InputPath
  | {
      /** An absolute path on the nodes, which they must allow. */
      readonly nodePath: string;
    };

/** A file among the inputs of a job. */
export interface InputPath {
  /** An absolute path, in the `target` of an input. */
  readonly inputPath: string;
}

const WASM_SETTINGS: SettingRules<WasmSettings> = {
  ...JOB_SETTINGS,
  module: {
    expected: 'a module',
    matches: isModule,
    example: 'a Uint8Array, a path, a URL, { nodePath } for a module on the nodes, or one of inputs',
    isRequired: true,
  },
  importModules: {
    expected: 'an array of inputs',
    matches: Array.isArray,
    example: '[inputs.s3({ … })]',
    each: { expected: 'an input or { inputPath }', matches: (value) => isInput(value) || hasText(value, 'inputPath') },
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
  const { module, importModules = [], entrypoint = '_start', parameters = [] } = settings;
  const main = moduleSource(module);
  const imported = importModules.map(importedSource);
  const Params = {
    ...{ EntryModule: main.path, Entrypoint: entrypoint, Parameters: [...parameters] },
    ...(imported.length > 0 && { ImportModules: imported.map(({ path }) => path) }),
  };
  const sources = [main, ...imported].flatMap(({ source }) => source ?? []);
  const job = assembleJob(settings, { Type: 'wasm', Params }, sources);
  return new BuiltJob({ ...job, Tasks: job.Tasks.map((task) => completeAtSubmission(task, adaptToRelease)) });
}

/**
 * Adapts a task to old servers. Before 1.7 modules are sources of the engine, and the function's key is spelled differently.
 * There, a file that is downloaded is mounted at the target itself, not in it under its name (makeFsFromStorage, 1.4.0 and 1.6.0).
 */
function adaptToRelease(task: Task, { serverRelease }: JobBuildContext): Task {
  if (isAtLeast(serverRelease, '1.7.0')) return task;
  const { Engine, InputSources: sources = [], ...others } = task;
  const InputSources = sources.map(atItsPath);
  const { Entrypoint, EntryModule, ImportModules, ...params } = Engine.Params ?? {};
  const modules = new Set<InputSource>();
  const moduleAt = (path: unknown): unknown => {
    const module = InputSources.find(({ Target }) => path === Target || String(path).startsWith(`${Target}/`));
    if (module !== undefined) modules.add(module);
    return module ?? path;
  };
  const Params = {
    ...{ ...params, EntryModule: moduleAt(EntryModule), EntryPoint: Entrypoint },
    ...(Array.isArray(ImportModules) && { ImportModules: ImportModules.map(moduleAt) }),
  };
  const inputs = InputSources.filter((source) => !modules.has(source));
  return { ...others, Engine: { ...Engine, Params }, ...(inputs.length > 0 && { InputSources: inputs }) };
}

/** A module as an input of the job, if it is not in one already, and where the job finds it. */
interface Module {
  readonly source?: InputSource;
  readonly path: string;
}

const importedSource = (module: InputSource | InputPath): Module =>
  isInput(module) ? { source: module, path: module.Target } : { path: module.inputPath };

function moduleSource(module: WasmSettings['module']): Module {
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
  if (isInput(module) || 'inputPath' in module) return importedSource(module);
  return { source: inputs.local({ path: module.nodePath, target: path }), path };
}

function isModule(module: unknown): boolean {
  if (module instanceof Uint8Array || typeof module === 'string' || module instanceof URL) return true;
  return isInput(module) || hasText(module, 'inputPath') || hasText(module, 'nodePath');
}

const isInput = (value: unknown): value is InputSource => isRecord(value) && 'Source' in value && 'Target' in value;
const hasText = (value: unknown, name: string): boolean => isRecord(value) && typeof value[name] === 'string';

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
