import { writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import ts from 'typescript';
import type { Program } from './document.js';

/** The options of a typical application: `strict`, and TypeScript's defaults. */
const options: ts.CompilerOptions = {
  strict: true,
  noEmit: true,
  target: ts.ScriptTarget.ES2022,
  lib: ['lib.es2022.d.ts', 'lib.esnext.disposable.d.ts'],
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  verbatimModuleSyntax: true,
  skipLibCheck: true,
  types: ['node', 'jest'],
};

/** Compiles programs against the built packages and returns the errors, each with its position in the document. */
export function mistakesIn(programs: readonly Program[], folder: string): string[] {
  const documents = new Map<string, Program>();
  for (const program of programs) {
    const file = join(folder, program.name);
    writeFileSync(file, program.textToCompile);
    documents.set(basename(file), program);
  }
  const files = [...documents.keys()].map((name) => join(folder, name));
  return ts.getPreEmitDiagnostics(ts.createProgram(files, options)).map(({ file, start = 0, messageText }) => {
    const text = ts.flattenDiagnosticMessageText(messageText, '\n');
    const path = documents.get(basename(file?.fileName ?? ''))?.path;
    return `${path}:${file === undefined ? '' : file.getLineAndCharacterOfPosition(start).line + 1} ${text}`;
  });
}
