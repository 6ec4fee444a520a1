import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

const root = join(__dirname, '..', '..');
const entry = join(root, 'packages', 'bacalhau-sdk', 'src', 'index.ts');

let checker: ts.TypeChecker;
let exported: ReadonlyMap<string, ts.Symbol>;
beforeAll(() => {
  const config = join(root, 'packages', 'bacalhau-sdk', 'tsconfig.json');
  const { options } = ts.parseJsonConfigFileContent(
    ts.readConfigFile(config, ts.sys.readFile).config,
    ts.sys,
    join(config, '..'),
  );
  const program = ts.createProgram([entry], options);
  checker = program.getTypeChecker();
  const source = program.getSourceFile(entry);
  const module = source && checker.getSymbolAtLocation(source);
  exported = new Map((module ? checker.getExportsOfModule(module) : []).map((symbol) => [symbol.name, symbol]));
});

/** Returns the names of the options that a public type has. */
function optionsOf(typeName: string): string[] {
  const symbol = exported.get(typeName);
  if (symbol === undefined) throw new Error(`There is no type ${typeName}.`);
  const type = checker.getDeclaredTypeOfSymbol(symbol);
  return type.getProperties().map(({ name }) => name);
}

/** Returns what stands in backticks in the tables of a document, `tls` for `tls.caFile` as well. */
function namedIn(document: string): ReadonlySet<string> {
  const rows = readFileSync(join(root, 'docs', document), 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('|'));
  const names = rows.flatMap((row) => [...row.matchAll(/`([\w.]+)`/g)].map(([, name = '']) => name));
  return new Set(names.flatMap((name) => [name, name.split('.')[0] ?? '']));
}

test.each([
  ['options.md', 'CallOptions'],
  ['options.md', 'WaitOptions'],
  ['options.md', 'JobResultOptions'],
  ['options.md', 'RunOptions'],
  ['options.md', 'MapOptions'],
  ['options.md', 'FollowLogsOptions'],
  ['options.md', 'TransferOptions'],
  ['options.md', 'DownloadOptions'],
  ['settings.md', 'ClientOptions'],
])('docs/%s has every option of %s', (document, typeName) => {
  const named = namedIn(document);
  const options = optionsOf(typeName);
  expect(options.length).toBeGreaterThan(3);
  expect(options.filter((name) => !named.has(name))).toEqual([]);
});
