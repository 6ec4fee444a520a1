import { configKeys } from './binary/config-keys.js';
import type { FoundServer } from './binary/ensure.js';
import { DevnetError } from './errors.js';
import { isJsonObject, type JsonObject } from './json.js';
import type { DevnetOptions } from './options.js';

const OPTIONS = ['config', 'orchestratorConfig', 'computeConfig'] as const;

/**
 * Checks that a server knows every key of its configuration: it ignores those that it does not know.
 *
 * @throws DevnetError `INVALID_OPTIONS`
 */
export async function checkConfig(server: FoundServer, options: DevnetOptions): Promise<void> {
  const given = OPTIONS.filter((name) => Object.keys(options[name] ?? {}).length > 0);
  if (given.length === 0) return;
  const known = await configKeys(server.binary.path, options.signal);
  if (known === undefined) return;
  for (const name of given) {
    const message = unknownKey(options[name] ?? {}, known);
    if (message === undefined) continue;
    throw new DevnetError('INVALID_OPTIONS', `Bacalhau ${server.binary.version} has no ${message} (option "${name}")`);
  }
}

/**
 * Describes the first key of a configuration that is not among the known ones; undefined if there is none. As for the
 * server, upper and lower case do not matter.
 *
 * @param known the keys of the values; what is below a value, such as an entry of a map, is not checked
 */
export function unknownKey(
  config: JsonObject,
  known: readonly string[],
  parents: readonly string[] = [],
): string | undefined {
  for (const [key, value] of Object.entries(config)) {
    const path = [...parents, key];
    const text = path.join('.').toLowerCase();
    if (known.some((candidate) => candidate.toLowerCase() === text)) continue;
    if (!known.some((candidate) => candidate.toLowerCase().startsWith(`${text}.`))) {
      const parent = parents.length === 0 ? 'It' : parents.join('.');
      return `configuration key ${path.join('.')}. ${parent} has ${childrenOf(parents, known).join(', ')}`;
    }
    const message = isJsonObject(value) ? unknownKey(value, known, path) : undefined;
    if (message !== undefined) return message;
  }
  return undefined;
}

function childrenOf(parents: readonly string[], known: readonly string[]): string[] {
  const prefix = parents
    .map((name) => `${name}.`)
    .join('')
    .toLowerCase();
  const below = known.filter((candidate) => candidate.toLowerCase().startsWith(prefix));
  return [...new Set(below.map((candidate) => candidate.split('.')[parents.length] ?? ''))].sort();
}
