import ignore from 'ignore';

/** Selects files by patterns of a `.gitignore` file. Upper and lower case differ on every system. */
export class IncludePatterns {
  readonly #patterns: readonly string[];
  readonly #matchers: readonly ignore.Ignore[];
  readonly #matched = new Set<string>();

  constructor(patterns: readonly string[]) {
    this.#patterns = patterns;
    this.#matchers = patterns.map((pattern) => ignore({ ignorecase: false }).add([pattern]));
  }

  /** Returns whether a pattern matches the path, which has `/` between its parts. */
  has(path: string): boolean {
    // All of them, so that each is known to have matched.
    const matching = this.#patterns.filter((_, index) => this.#matchers[index]?.ignores(path));
    for (const pattern of matching) this.#matched.add(pattern);
    return matching.length > 0;
  }

  /** Returns the first pattern that has matched no path. */
  findUnmatched(): string | undefined {
    return this.#patterns.find((pattern) => !this.#matched.has(pattern));
  }
}

/** Returns why a pattern can match nothing. */
export function patternProblem(pattern: string): string | undefined {
  if (!/^!?\.{1,2}\//.test(pattern)) return undefined;
  return `is ${JSON.stringify(pattern)}. Patterns are relative to the folder: leave out "./", and begin with "/" for its top.`;
}

/** Returns why a pattern cannot select. */
export const includeProblem = (pattern: string): string | undefined =>
  pattern.trim() === '' || /^[!#]/.test(pattern)
    ? `is ${JSON.stringify(pattern)}, which matches nothing.`
    : patternProblem(pattern);
