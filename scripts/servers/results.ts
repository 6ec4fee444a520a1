import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));

/** A file for each server, because several runs of jest may be under way. */
const folder = join(root, 'node_modules', '.cache', 'server-results');

export interface Found {
  readonly server: string;
  /** The version of a server that no project names. */
  readonly version?: string;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly tests: readonly { readonly title: string; readonly status: string }[];
}

/** By server. */
export type Results = Readonly<Record<string, Found | undefined>>;

/** What the tests found since the results were cleared. */
export function readResults(): Results {
  const names = existsSync(folder) ? readdirSync(folder) : [];
  const all = names.map((name): Found => JSON.parse(readFileSync(join(folder, name), 'utf8')));
  return Object.fromEntries(all.map((found) => [found.server, found]));
}

export function writeResult(found: Found): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${found.server.replaceAll(' ', '-')}.json`), JSON.stringify(found));
}

export const clearResults = (): void => rmSync(folder, { recursive: true, force: true });
