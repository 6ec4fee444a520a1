import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));

/** Where a run of the tests leaves what it found about each server. */
export const resultsFile = join(root, 'node_modules', '.cache', 'server-results.json');

export interface Found {
  /** The version of a server that no project names. */
  readonly version?: string;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly tests: readonly { readonly title: string; readonly status: string }[];
}

/** By server. */
export type Results = Readonly<Record<string, Found | undefined>>;
