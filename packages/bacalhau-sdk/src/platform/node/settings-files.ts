import { readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { ConfigurationError } from '../../errors/index.js';
import { Secret } from '../../redaction/index.js';
import { duplicateKey, isRecord } from '../../util/index.js';
import { parseFlag } from '../environment.js';
import type { CommandLineSettings, ConfigFile, NamedValue, ProfileFile, ProfileSelection } from '../platform.js';
import { textFiles } from './files.js';

/**
 * Reads `config.yaml` and, with a selection, a profile: the one of that name, else the one that the link
 * `profiles/current` names. (The command line connects to localhost without a warning where a profile is missing.) A
 * `current` that leads nowhere counts as none, as it does there.
 */
export async function readSettings(dir: string, selection: ProfileSelection | undefined): Promise<CommandLineSettings> {
  const [config, profile] = await Promise.all([
    readConfigFile(join(dir, 'config.yaml')),
    selection && readProfile(join(dir, 'profiles'), selection.name),
  ]);
  return { config, profile };
}

async function readConfigFile(file: string): Promise<ConfigFile | undefined> {
  const text = await textFiles.read(file);
  if (text === undefined) return undefined;
  const at = fieldsOf(file, await parseYaml(file, text));
  return {
    file,
    host: named(`API.Host in ${file}`, at.text('API', 'Host')),
    port: named(`API.Port in ${file}`, at.numeric('API', 'Port')),
    https: at.flag('API', 'TLS', 'UseTLS'),
    caFile: at.text('API', 'TLS', 'CAFile'),
    insecure: at.flag('API', 'TLS', 'Insecure'),
  };
}

const named = <T>(name: string, value: T | undefined): NamedValue<T> | undefined =>
  value === undefined ? undefined : { name, value };

async function readProfile(directory: string, wanted: string | undefined): Promise<ProfileFile | undefined> {
  const name = wanted ?? nameOf(await linkTarget(join(directory, 'current')));
  if (name === undefined) return undefined;
  const file = join(directory, `${name}.yaml`);
  const text = await textFiles.read(file);
  if (text === undefined) {
    if (wanted === undefined) return undefined;
    throw new ConfigurationError(
      `There is no profile ${JSON.stringify(name)}: ${file} does not exist. Create it with: bacalhau profile save ${name} --endpoint URL`,
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

async function linkTarget(path: string): Promise<string | undefined> {
  try {
    return await readlink(path);
  } catch {
    return undefined; // Missing, not a link, or not readable: as with the command line, there is none then.
  }
}

/** Returns the name of the profile to which `current`, a relative link to `<name>.yaml`, leads. */
function nameOf(target: string | undefined): string | undefined {
  const name = target
    ?.split(/[\\/]/)
    .at(-1)
    ?.replace(/\.yaml$/, '');
  return name === '' ? undefined : name;
}

/**
 * Parses YAML. Errors have only the code and the position of the parser's, which quote the file: it may contain a token.
 */
async function parseYaml(file: string, text: string): Promise<unknown> {
  const { isScalar, LineCounter, parseDocument, visit } = await import('yaml');
  const lineCounter = new LineCounter();
  // Warnings quote the file, too.
  const options = { lineCounter, prettyErrors: false, uniqueKeys: false, logLevel: 'error' } as const;
  const invalid = (what: string, offset: number): ConfigurationError => {
    const { line, col } = lineCounter.linePos(offset);
    return new ConfigurationError(`${file} is not valid YAML: ${what} in line ${line}, column ${col}.`);
  };
  let document: ReturnType<typeof parseDocument>;
  try {
    document = parseDocument(text, options);
  } catch {
    // The parser calls itself for each level.
    throw new ConfigurationError(`${file} is not valid YAML: it is nested too deeply.`);
  }
  const [error] = document.errors;
  if (error !== undefined) throw invalid(error.code, error.pos[0]);
  try {
    const twice = duplicateKey(document, { isScalar, visit });
    if (twice !== undefined) throw invalid('DUPLICATE_KEY', twice.offset);
    const content: unknown = document.toJS();
    return content;
  } catch (thrown) {
    if (thrown instanceof ConfigurationError) throw thrown;
    throw new ConfigurationError(`${file} is not valid YAML: an alias in it is unresolved or expands to too much.`);
  }
}

/** Reads fields by path. The case of keys does not matter: the command line writes `api.host` and documents `API.Host`. */
function fieldsOf(file: string, content: unknown) {
  if (content !== null && content !== undefined && !isRecord(content)) {
    throw new ConfigurationError(`${file} contains no settings. Its top level must be a mapping.`);
  }
  const wrong = (path: readonly string[], wanted: string) =>
    new ConfigurationError(`${path.join('.')} in ${file} must be ${wanted}.`);
  const find = (path: readonly string[]): unknown => {
    let value: unknown = content;
    for (const [depth, key] of path.entries()) {
      if (value === null || value === undefined) return undefined;
      if (!isRecord(value)) throw wrong(path.slice(0, depth), 'a mapping');
      value = Object.entries(value).find(([name]) => name.toLowerCase() === key.toLowerCase())?.[1];
    }
    return value === null || value === '' ? undefined : value;
  };
  return {
    text(...path: string[]): string | undefined {
      const value = find(path);
      if (value === undefined) return undefined;
      if (typeof value !== 'string') throw wrong(path, 'a string');
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
