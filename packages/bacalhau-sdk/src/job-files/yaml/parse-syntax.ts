import { type Document, isScalar, type ParsedNode, parseAllDocuments, type YAMLParseError } from 'yaml';
import { JobFileProblem } from '../problem.js';

export type Tree = Document.Parsed<ParsedNode>;

/** The parser sees to the syntax only: what scalars, tags and merges mean, the reader of the tree knows. */
const SYNTAX_ONLY = {
  version: '1.1',
  schema: 'failsafe',
  resolveKnownTags: false,
  uniqueKeys: false,
  merge: false,
  strict: false,
  logLevel: 'silent',
} as const;

/** Control characters, and those that YAML 1.1 takes for line breaks but nobody sees as such. */
const FORBIDDEN = /[^\t\n\r\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u;

/** Parses the only document of a text. */
export function parseSyntax(text: string): Tree | undefined {
  const [forbidden] = FORBIDDEN.exec(text) ?? [];
  if (forbidden !== undefined) {
    const code = forbidden.codePointAt(0)?.toString(16).toUpperCase().padStart(4, '0') ?? '';
    throw new JobFileProblem(
      `has the character U+${code}, which cannot stand in YAML. Write "\\u${code}" in double quotes.`,
    );
  }
  const [document, ...others] = parseLeniently(text);
  if (document === undefined) return undefined;
  const error = document.errors[0] ?? document.warnings.find(({ code }) => code === 'BAD_DIRECTIVE');
  if (error !== undefined) throw new JobFileProblem(`is neither YAML nor JSON: ${error.message}`, { cause: error });
  if (others.some((other) => !isEmpty(other))) {
    throw new JobFileProblem('has more than one document, separated by "---". Put each job into a file of its own.');
  }
  const { yaml } = document.directives;
  if (yaml.explicit && yaml.version !== '1.1') {
    throw new JobFileProblem(`says that it is YAML ${yaml.version}. Only YAML 1.1 can be read; remove the line.`);
  }
  return document;
}

/** Tells whether nothing is in a document, as after a last `---`. */
const isEmpty = ({ contents, errors }: Tree): boolean =>
  errors.length === 0 && (contents === null || (isScalar(contents) && contents.source === ''));

const BAD_INDENT = /^Flow (map|sequence) in block collection must be sufficiently indented/;
/** Deeper than a job file has anything. */
const DEEP_INDENT = ' '.repeat(99);
/** How many characters are parsed at most, all attempts together. */
const MOST_PARSED = 50_000_000;

/**
 * Parses documents in which the lines within `[]` and `{}` may begin anywhere, as the CLI's parser has it: the space before
 * them means nothing there, so that each line which the parser complains of can be indented.
 */
function parseLeniently(text: string): readonly Tree[] {
  const first = parse(text);
  let documents = first;
  const lines = text.split('\n');
  for (let parsed = text.length; parsed <= MOST_PARSED; parsed += text.length) {
    const index = badlyIndentedLine(documents[0]?.errors[0]);
    const line = index === undefined ? undefined : lines[index];
    if (index === undefined || line === undefined) return documents;
    if (line.startsWith(DEEP_INDENT)) return first;
    lines[index] = DEEP_INDENT + line.trimStart();
    documents = parse(lines.join('\n'));
  }
  return first;
}

function parse(text: string): readonly Tree[] {
  const documents = parseAllDocuments(text, SYNTAX_ONLY);
  return 'empty' in documents ? [] : documents;
}

function badlyIndentedLine(error: YAMLParseError | undefined): number | undefined {
  if (error === undefined || !BAD_INDENT.test(error.message)) return undefined;
  const [start] = error.linePos ?? [];
  return start === undefined ? undefined : start.line - 1;
}
