/** The file that keeps what was measured. */
import { readFile } from 'node:fs/promises';
import type { Report } from './program.ts';

export type Entry = {
  /** When, as a day. */
  readonly date: string;
  /** How long the program took. */
  readonly seconds: number;
} & ({ readonly report: Report } | { readonly failed: string });

export interface Results {
  readonly machine: string;
  readonly versions: Readonly<Record<string, string>>;
  readonly programs: Readonly<Record<string, Entry>>;
}

/** Undefined where there is none yet. Our own file: what it holds is taken as it is. */
export async function readResults(file: string): Promise<Results | undefined> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  return text === undefined ? undefined : JSON.parse(text);
}

/** Whether a program printed what it should. */
export function isReport(value: unknown): value is Report {
  return typeof value === 'object' && value !== null && 'name' in value && 'rows' in value && Array.isArray(value.rows);
}
