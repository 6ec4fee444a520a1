import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import type { Requirement } from '../../../packages/bacalhau-sdk/test/support/requirements.js';

/** A code block of a document, or a hidden one: `<!-- ts … -->`, what a reader need not see. */
interface Block {
  /** Of its first line of code, from 1. */
  readonly line: number;
  readonly lines: readonly string[];
  /** Why it can be compiled only: `<!-- not run: … -->` stands above it. */
  readonly notRun: string | undefined;
}

/**
 * One program of a document, to be run as it stands. All its blocks are one: each sees what those before it declared, and
 * may declare it anew. A block that declares tests is a program by itself.
 */
export interface Program {
  /** The document's path in the repository. */
  readonly path: string;
  /** The name of its file. */
  readonly name: string;
  /** What it cannot run without. */
  readonly needs: readonly Requirement[];
  /** The lines of code are where they are in the document. */
  readonly text: string;
  /** The same with what is only compiled. */
  readonly textToCompile: string;
  /** Whether it is a file for a test runner. */
  readonly isTest: boolean;
  /** What the document says that it prints, in blocks of `text`. */
  readonly prints: readonly string[];
}

/** The programs of a document. */
export function programsOf(root: string, path: string): Program[] {
  const blocks = blocksOf(readFileSync(join(root, path), 'utf8'));
  const code = blocks.filter(({ language }) => language === 'ts');
  const tests = code.filter(isTest);
  const rest = code.filter((block) => !isTest(block));
  const prints = blocks.filter(({ language }) => language === 'text').map(({ lines }) => lines.join('\n'));
  const program = (parts: readonly Block[], asTest: boolean): Program => {
    const text = joined(parts.filter(({ notRun }) => notRun === undefined));
    return {
      path,
      name: `${path.replace(/\.md$/, '').replaceAll('/', '-')}${asTest ? '.test' : ''}.ts`,
      needs: [
        ...(/\bdocker\(|'docker'/.test(text) ? (['docker'] as const) : []),
        ...(/startLegacyDevnet|LegacyJobs/.test(text) ? (['legacy'] as const) : []),
      ],
      text,
      textToCompile: joined(parts),
      isTest: asTest,
      prints: asTest ? [] : prints,
    };
  };
  return [...(rest.length > 0 ? [program(rest, false)] : []), ...tests.map((block) => program([block], true))];
}

/** The commands that a document tells its reader to run. */
export function commandsOf(root: string, path: string): string[] {
  const blocks = blocksOf(readFileSync(join(root, path), 'utf8'));
  return blocks
    .filter(({ language }) => language === 'sh' || language === 'console')
    .flatMap(({ language, lines }) =>
      language === 'sh' ? lines : lines.filter((line) => line.startsWith('$ ')).map((line) => line.slice(2)),
    )
    .map((line) => line.replace(/(^|\s)#.*/, '').trim())
    .filter((line) => line !== '');
}

const isTest = ({ lines }: Block): boolean => lines.some((line) => /^(test|describe)\(/.test(line));

function blocksOf(markdown: string): (Block & { readonly language: string })[] {
  const lines = markdown.split('\n');
  const blocks: (Block & { readonly language: string })[] = [];
  let notRun: string | undefined;
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index] ?? '';
    const [, language] = /^```(\w+)$/.exec(line) ?? /^<!-- (ts)$/.exec(line) ?? [];
    if (language !== undefined) {
      const end = lines.findIndex((other, at) => at > index && (other === '```' || other === '-->'));
      if (end < 0) throw new Error(`The block of line ${index + 1} has no end.`);
      blocks.push({ language, line: index + 2, lines: lines.slice(index + 1, end), notRun });
      index = end;
    }
    if (line.trim() !== '') notRun = /^<!-- not run: (.+) -->$/.exec(line)?.[1];
  }
  return blocks;
}

/** Puts blocks together. Imports are moved to the first line, which is never one of a block. */
function joined(blocks: readonly Block[]): string {
  const imports = new Imports();
  const lines: string[] = [];
  for (const block of blocks) {
    while (lines.length < block.line - 1) lines.push('');
    // The line of the fence.
    lines[block.line - 2] += '{';
    lines.push(...imports.takeFrom(block.lines.join('\n')).split('\n'));
  }
  lines[0] = `${imports} ${lines[0]}`;
  return `${lines.join('\n')}\n${'}'.repeat(blocks.length)}\nexport {};\n`;
}

/** The imports of several blocks as those of one file. */
class Imports {
  readonly #named = new Map<string, Set<string>>();
  readonly #others = new Set<string>();

  /** What is left of a block, with as many lines. */
  takeFrom(text: string): string {
    let rest = text;
    for (const statement of ts.createSourceFile('block.ts', text, ts.ScriptTarget.Latest).statements) {
      if (!ts.isImportDeclaration(statement)) continue;
      const source = text.slice(statement.pos, statement.end);
      this.#add(statement, source.trim());
      rest = rest.replace(source, source.replace(/[^\n]/g, ''));
    }
    // What a block exports is for a program that the document does not show.
    return rest.replace(/^export (?=(async |const |function |class ))/gm, '');
  }

  #add({ importClause, moduleSpecifier }: ts.ImportDeclaration, source: string): void {
    const bindings = importClause?.namedBindings;
    const isPlain = importClause?.name === undefined && bindings !== undefined && ts.isNamedImports(bindings);
    if (!isPlain || !ts.isStringLiteral(moduleSpecifier)) {
      this.#others.add(source);
      return;
    }
    const names = this.#named.get(moduleSpecifier.text) ?? new Set();
    this.#named.set(moduleSpecifier.text, names);
    for (const { name, propertyName, isTypeOnly } of bindings.elements) {
      const type = isTypeOnly || importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword ? 'type ' : '';
      names.add(`${type}${propertyName ? `${propertyName.text} as ` : ''}${name.text}`);
    }
  }

  toString(): string {
    const named = [...this.#named].map(([module, names]) => `import { ${[...names].join(', ')} } from '${module}';`);
    return [...this.#others, ...named].join(' ');
  }
}
