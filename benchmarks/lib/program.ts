/** What a program of this folder prints, see ../README.md. */
import type { Spread } from './spread.ts';

export type Unit = 'x' | (string & {});

export interface Measured {
  readonly measured: Spread;
  readonly unit: Unit;
}

export interface Row extends Measured {
  readonly what: string;
  readonly target?: { readonly atMost: number } | { readonly atLeast: number } | undefined;
  /** What the figure was made from, and others to compare it with. */
  readonly beside?: readonly (Measured & { readonly name: string })[] | undefined;
  /** What holds the figure; shown where the target is missed. */
  readonly reason?: string | undefined;
}

export interface Outcome {
  readonly title: string;
  readonly rows: readonly Row[];
  readonly notes?: readonly string[];
  /** Why there are no rows. */
  readonly skipped?: string;
}

export interface Report extends Outcome {
  readonly name: string;
}

/** Whether only seconds are wanted, to see that the program works. */
const quick = process.argv.includes('--quick');

/** A size: the full one, or the small one of a quick run. */
export const sized = (full: number, small: number): number => (quick ? small : full);

/** For people, on standard error. */
export function say(message: string): void {
  process.stderr.write(`${message}\n`);
}

/** Prints what a program found out. */
export function report(name: string, outcome: Outcome): void {
  process.stdout.write(`${JSON.stringify({ name, ...outcome } satisfies Report)}\n`);
}

/** Undefined without a target. */
export function isMet({ measured, target }: Row): boolean | undefined {
  if (target === undefined) return undefined;
  return 'atMost' in target ? measured.median <= target.atMost : measured.median >= target.atLeast;
}
