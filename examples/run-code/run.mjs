// Calls the function `main` of a program with a value, and writes what it returns: run.mjs PROGRAM INPUT OUTPUT
import { readFile, writeFile } from 'node:fs/promises';

const [program, source, target] = process.argv.slice(2);
const { main } = await import(program);
const value = await main(JSON.parse(await readFile(source, 'utf8')));
await writeFile(target, JSON.stringify(value ?? null));
