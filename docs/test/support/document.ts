import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import type { Requirement } from '../../../packages/bacalhau-sdk/test/support/requirements.js';

/** A code block of a document, or one that is hidden from readers: `<!-- ts … -->`. */
interface Block {
  /** The number of its first line of code, counted from 1. */
  readonly line: number;
  readonly lines: readonly string[];
  /** Why it is compiled but not run: the reason in `<!-- not run: … -->` above it. */
  readonly notRun: string | undefined;
}

/**
 * A program of a document. Its blocks are joined: each sees the declarations of those before it, and may redeclare them. A
 * block that declares tests is a program by itself.
 */
export interface Program {
  /** The document's path in the repository. */
  readonly path: string;
  /** Its file name. */
  readonly name: string;
  /** What it needs to run. */
  readonly needs: readonly Requirement[];
  /** The code that is run. Its line numbers are those of the document. */
  readonly text: string;
  /** The same, with the blocks that are only compiled. */
  readonly textToCompile: string;
  /** Whether it is a test file. */
  readonly isTest: boolean;
  /** The output that the document shows in `text` blocks. */
  readonly prints: readonly string[];
}

/** Returns the programs of a document. */
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
        ...(/'(0\.3\.16|1\.[46]\.0)'|LegacyJobs/.test(text) ? (['legacy'] as const) : []),
      ],
      text,
      textToCompile: joined(parts),
      isTest: asTest,
      prints: asTest ? [] : prints,
    };
  };
  return [...(rest.length > 0 ? [program(rest, false)] : []), ...tests.map((block) => program([block], true))];
}

/** Returns the commands in a document. */
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
      if (end < 0) throw new Error(`The block at line ${index + 1} is not closed.`);
      blocks.push({ language, line: index + 2, lines: lines.slice(index + 1, end), notRun });
      index = end;
    }
    if (line.trim() !== '') notRun = /^<!-- not run: (.+) -->$/.exec(line)?.[1];
  }
  return blocks;
}

/** Joins blocks. Imports move to the first line, which is never part of a block. */
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

/** Merges the imports of several blocks. */
class Imports {
  readonly #named = new Map<string, Set<string>>();
  readonly #others = new Set<string>();

  /** Collects the imports of a block and returns the rest, with the same number of lines. */
  takeFrom(text: string): string {
    let rest = text;
    for (const statement of ts.createSourceFile('block.ts', text, ts.ScriptTarget.Latest).statements) {
      if (!ts.isImportDeclaration(statement)) continue;
      const source = text.slice(statement.pos, statement.end);
      this.#add(statement, source.trim());
      rest = rest.replace(source, source.replace(/[^\n]/g, ''));
    }
    // Exports of a block are for a program that the document does not show.
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
