import ignore from 'ignore';
import { InvalidJobError } from '../errors/index.js';
import type { FileSelection } from '../platform/index.js';
import type { FilesInput } from './types.js';

/** What patterns select, and whether each has selected anything. */
export interface PatternSelection extends FileSelection {
  /** The pattern to include that matched no file. */
  findUnmatched(): string | undefined;
}

/**
 * Returns what patterns of a `.gitignore` file select. Upper and lower case differ on every system.
 *
 * @throws {InvalidJobError} if a pattern cannot match.
 */
export function selectFiles({ include, exclude = [] }: Pick<FilesInput, 'include' | 'exclude'>): PatternSelection {
  checkPatterns('include', include ?? []);
  checkPatterns('exclude', exclude);
  const excluded = ignore({ ignorecase: false }).add([...exclude]);
  const included = include?.map((pattern) => ({
    pattern,
    matcher: ignore({ ignorecase: false }).add([pattern]),
    isMatched: false,
  }));
  return {
    hasFolder: (path) => !excluded.ignores(`${path}/`),
    hasFile(path) {
      if (excluded.ignores(path)) return false;
      if (included === undefined) return true;
      // All of them, so that each is known to have matched.
      const matching = included.filter(({ matcher }) => matcher.ignores(path));
      for (const entry of matching) entry.isMatched = true;
      return matching.length > 0;
    },
    findUnmatched: () => included?.find(({ isMatched }) => !isMatched)?.pattern,
  };
}

function checkPatterns(name: 'include' | 'exclude', patterns: readonly string[]): void {
  for (const [index, pattern] of patterns.entries()) {
    const field = `${name}[${index}]`;
    if (/^!?\.{1,2}\//.test(pattern)) {
      throw new InvalidJobError(
        field,
        `is ${JSON.stringify(pattern)}. Patterns are relative to the folder: leave out "./", and begin with "/" for its top.`,
      );
    }
    if (name === 'include' && (pattern.trim() === '' || /^[!#]/.test(pattern))) {
      throw new InvalidJobError(
        field,
        `is ${JSON.stringify(pattern)}, which matches nothing. Use exclude to leave out.`,
      );
    }
  }
}
