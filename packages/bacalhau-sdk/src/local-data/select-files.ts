import ignore from 'ignore';
import { InvalidJobError } from '../errors/index.js';
import { IncludePatterns, includeProblem, patternProblem } from '../patterns/index.js';
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
  for (const [index, pattern] of (include ?? []).entries()) {
    const problem = includeProblem(pattern);
    if (problem === undefined) continue;
    const advice = pattern.startsWith('!') ? ' Use exclude to leave out.' : '';
    throw new InvalidJobError(`include[${index}]`, `${problem}${advice}`);
  }
  for (const [index, pattern] of exclude.entries()) {
    const problem = patternProblem(pattern);
    if (problem !== undefined) throw new InvalidJobError(`exclude[${index}]`, problem);
  }
  const excluded = ignore({ ignorecase: false }).add([...exclude]);
  const included = include && new IncludePatterns(include);
  return {
    hasFolder: (path) => !excluded.ignores(`${path}/`),
    hasFile: (path) => !excluded.ignores(path) && (included?.has(path) ?? true),
    findUnmatched: () => included?.findUnmatched(),
  };
}
