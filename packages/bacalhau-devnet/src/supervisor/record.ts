import { readlinkSync, renameSync, writeFileSync } from 'node:fs';
import { lstat, readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { isJsonObject, parseJson } from '../json.js';
import type { SupervisedScope } from './protocol.js';

const FILE = 'devnet.json';

/** What a devnet's directory says of itself, for those who clean up after it: {@link cleanUp}'s arguments. */
export interface DevnetRecord {
  /** Where its processes can be seen: a container that shares the directory has processes of its own. */
  readonly place: string;
  readonly scope: SupervisedScope;
  readonly commands: readonly string[];
}

/** Writes the record of a devnet into its directory, at once or not at all. */
export function writeRecord(scope: SupervisedScope, commands: Iterable<string>): void {
  const record: DevnetRecord = { place: currentPlace(), scope, commands: [...commands] };
  const file = join(scope.dir, FILE);
  writeFileSync(`${file}.new`, JSON.stringify(record), { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

/**
 * Reads the record in a directory; undefined if there is none, or if another user has made the directory, whose record
 * would decide what this user removes.
 */
export async function readRecord(dir: string): Promise<DevnetRecord | undefined> {
  try {
    const stats = await lstat(dir);
    if (!stats.isDirectory() || stats.uid !== process.getuid?.()) return undefined;
    const record = parseJson(await readFile(join(dir, FILE), 'utf8'));
    return isRecord(record) && record.scope.dir === dir ? record : undefined;
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is DevnetRecord {
  return (
    isJsonObject(value) &&
    typeof value['place'] === 'string' &&
    isJsonObject(value['scope']) &&
    Array.isArray(value['commands'])
  );
}

/** Names the machine, or the container, whose processes this process sees. */
export function currentPlace(): string {
  let namespace = '';
  try {
    namespace = readlinkSync('/proc/self/ns/pid');
  } catch {
    // There are no such namespaces but on Linux.
  }
  return `${hostname()} ${namespace}`;
}
