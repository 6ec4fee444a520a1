import { JobFileProblem } from '../problem.js';
import { parseSyntax } from './parse-syntax.js';
import { readTree } from './read-tree.js';

/**
 * Parses YAML 1.1, of which JSON is a part, as the CLI does (sigs.k8s.io/yaml): `yes` is true, `0600` is 384, of a key that
 * comes twice the last counts, and `<<` merges.
 *
 * @throws {JobFileProblem} saying what is wrong, and where.
 */
export function parseYaml(text: string): unknown {
  try {
    const lines = text.replaceAll(/\r\n?/g, '\n');
    return readTree(parseSyntax(lines), lines);
  } catch (error) {
    // Both the parser and the reader call themselves for what is nested.
    if (error instanceof RangeError) throw new JobFileProblem('has values that are nested too deep.', { cause: error });
    throw error;
  }
}
