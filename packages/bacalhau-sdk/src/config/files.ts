import { ConfigurationError } from '../errors/index.js';
import type { Files } from '../platform/platform.js';
import { Secret } from '../redaction/index.js';
import { isRecord } from '../util/index.js';
import { parseFlag } from './environment.js';
import { type Layer, named } from './layer.js';
import type { ProfileChoice } from './profile-choice.js';

/** What the Bacalhau command line keeps in its directory, as far as it concerns a client. */
export interface FileSettings {
  /** `config.yaml`. */
  readonly config?: Layer | undefined;
  readonly profile?: Profile | undefined;
  /** What deserves a word in the log. */
  readonly note?: string | undefined;
}

/** `profiles/<name>.yaml`. */
export interface Profile {
  readonly name: string;
  readonly file: string;
  readonly endpoint: string;
  readonly token: Secret | undefined;
  readonly insecure: boolean | undefined;
}

/**
 * Reads `config.yaml` and, if one counts, the profile: the one that was asked for, else the one that the link `profiles/current` names.
 *
 * @throws {ConfigurationError} if a file is malformed, or the profile that was asked for is missing. (The command line
 *   goes on to localhost without a word then.) A `current` that leads nowhere counts as none, as it does there.
 */
export async function readFileSettings(
  files: Files,
  dir: string,
  profile: { readonly wanted: boolean; readonly choice: ProfileChoice | undefined },
): Promise<FileSettings> {
  const file = files.join(dir, 'config.yaml');
  const [config, selected] = await Promise.all([
    readConfigFile(files, file),
    profile.wanted ? readProfile(files, files.join(dir, 'profiles'), profile.choice) : undefined,
  ]);
  return { config, profile: selected, note: disagreement(file, config, selected) };
}

async function readConfigFile(files: Files, file: string): Promise<Layer | undefined> {
  const text = await files.read(file);
  if (text === undefined) return undefined;
  const at = fieldsOf(file, await parseYaml(file, text));
  return {
    source: 'config.yaml',
    host: named(`API.Host in ${file}`, at.text('API', 'Host')),
    port: named(`API.Port in ${file}`, at.numeric('API', 'Port')),
    https: at.flag('API', 'TLS', 'UseTLS'),
    caFile: at.text('API', 'TLS', 'CAFile'),
    insecure: at.flag('API', 'TLS', 'Insecure'),
  };
}

/** The command line puts the file first here. Said aloud, because one directory then leads to two servers. */
function disagreement(file: string, config: Layer | undefined, profile: Profile | undefined): string | undefined {
  if (profile === undefined || (config?.host ?? config?.port) === undefined) return undefined;
  return `Using the profile ${profile.name}, although ${file} names an API host or port, which the command line would use.`;
}

async function readProfile(
  files: Files,
  directory: string,
  choice: ProfileChoice | undefined,
): Promise<Profile | undefined> {
  const name = choice?.name ?? nameOf(await files.linkTarget(files.join(directory, 'current')));
  if (name === undefined) return undefined;
  const file = files.join(directory, `${name}.yaml`);
  const text = await files.read(file);
  if (text === undefined) {
    if (choice === undefined) return undefined;
    throw new ConfigurationError(
      `There is no profile ${JSON.stringify(name)}: ${file} does not exist. Make it with: bacalhau profile save ${name} --endpoint URL`,
    );
  }
  const at = fieldsOf(file, await parseYaml(file, text));
  const endpoint = at.text('endpoint');
  if (endpoint === undefined) throw new ConfigurationError(`${file} has no endpoint. Add the orchestrator's URL.`);
  const token = at.text('auth', 'token');
  return {
    name,
    file,
    endpoint,
    token: token === undefined ? undefined : new Secret(token),
    insecure: at.flag('tls', 'insecure'),
  };
}

/** `current` is a relative link to `<name>.yaml` in its own directory. */
function nameOf(target: string | undefined): string | undefined {
  const name = target
    ?.split(/[\\/]/)
    .at(-1)
    ?.replace(/\.yaml$/, '');
  return name === '' ? undefined : name;
}

/** What the parser says is not passed on beyond its code and place: it quotes the file, and a token may be in it. */
async function parseYaml(file: string, text: string): Promise<unknown> {
  const { LineCounter, parseDocument } = await import('yaml');
  const lineCounter = new LineCounter();
  // Nor are its warnings, which quote too.
  const document = parseDocument(text, { lineCounter, prettyErrors: false, logLevel: 'error' });
  const [error] = document.errors;
  if (error !== undefined) {
    const { line, col } = lineCounter.linePos(error.pos[0]);
    throw new ConfigurationError(`${file} is no valid YAML: ${error.code} in line ${line}, column ${col}.`);
  }
  try {
    const content: unknown = document.toJS();
    return content;
  } catch {
    throw new ConfigurationError(`${file} is no valid YAML: an alias in it stands for nothing, or for too much.`);
  }
}

/** Reads fields by path. Keys count in any case: the command line writes `api.host` and documents `API.Host`. */
function fieldsOf(file: string, content: unknown) {
  if (content !== null && content !== undefined && !isRecord(content)) {
    throw new ConfigurationError(`${file} holds no settings: its top level must be a mapping.`);
  }
  const find = (path: readonly string[]): unknown => {
    let value: unknown = content;
    for (const key of path) {
      if (!isRecord(value)) return undefined;
      value = Object.entries(value).find(([name]) => name.toLowerCase() === key.toLowerCase())?.[1];
    }
    return value === null || value === '' ? undefined : value;
  };
  const wrong = (path: readonly string[], wanted: string) =>
    new ConfigurationError(`${path.join('.')} in ${file} is not ${wanted}.`);
  return {
    text(...path: string[]): string | undefined {
      const value = find(path);
      if (value === undefined) return undefined;
      if (typeof value !== 'string') throw wrong(path, 'a text');
      return value.trim() === '' ? undefined : value.trim();
    },
    numeric(...path: string[]): string | number | undefined {
      const value = find(path);
      if (value === undefined || typeof value === 'number' || typeof value === 'string') return value;
      throw wrong(path, 'a number');
    },
    flag(...path: string[]): boolean | undefined {
      const value = find(path);
      if (value === undefined) return undefined;
      if (typeof value !== 'boolean' && typeof value !== 'string') throw wrong(path, 'true or false');
      return parseFlag(value, `${path.join('.')} in ${file}`);
    },
  };
}
