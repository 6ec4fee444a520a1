import { DownloadError } from '../errors/index.js';
import { quoteName } from '../model/index.js';
import { IncludePatterns } from '../patterns/index.js';

/** Which entries of results are wanted. */
export interface Selection {
  /** Whether folders are wanted for themselves, also empty ones. */
  readonly hasFolders: boolean;
  /** Returns whether what is at this path, and is not a folder, is wanted. */
  has(path: readonly string[]): boolean;
  /**
   * Checks, after everything was seen, that what was asked for was there.
   *
   * @throws {DownloadError} with reason `no-match`.
   */
  checkMatched(): void;
}

/** Selects by the patterns of `include`; everything without. */
export function selectEntries(include: readonly string[] | undefined): Selection {
  if (include === undefined) return { hasFolders: true, has: () => true, checkMatched: () => undefined };
  const patterns = new IncludePatterns(include);
  const seen = new SeenFiles();
  return {
    hasFolders: false,
    has(path) {
      const name = path.join('/');
      seen.add(name);
      return patterns.has(name);
    },
    checkMatched() {
      const unmatched = patterns.findUnmatched();
      if (unmatched === undefined) return;
      throw noMatch(`No file of the results matches ${quoteName(unmatched)} of include.`, seen, unmatched);
    },
  };
}

/** A selection of one file. */
interface FileSelection extends Omit<Selection, 'checkMatched'> {
  /** Returns the error to throw once everything was seen. */
  notFound(): DownloadError;
}

/** Selects one file. `name` is how messages name the result. */
export function selectFile(wanted: string, name: string): FileSelection {
  const seen = new SeenFiles();
  return {
    hasFolders: false,
    has(path) {
      seen.add(path.join('/'));
      return path.join('/') === wanted;
    },
    notFound: () => noMatch(`There is no file ${quoteName(wanted)} in ${name}.`, seen, wanted),
  };
}

/** How many files an error names. */
const MOST_NAMED = 10;

/** What there is, for the error of one who looked for something else. */
class SeenFiles {
  readonly #names: string[] = [];
  #count = 0;

  add(name: string): void {
    this.#count += 1;
    if (this.#names.length < MOST_NAMED) this.#names.push(quoteName(name));
  }

  toString(): string {
    if (this.#count === 0) return 'There are no files.';
    const others = this.#count - this.#names.length;
    return `There are ${this.#names.join(', ')}${others > 0 ? ` and ${others} more` : ''}.`;
  }
}

const noMatch = (problem: string, seen: SeenFiles, entry: string): DownloadError =>
  new DownloadError(`${problem} ${seen} Paths are those of files(), and upper and lower case differ.`, {
    reason: 'no-match',
    entry,
  });
