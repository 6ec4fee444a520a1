import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Packages of others: tsx runs TypeScript on Node before 24, and bacalhau-opentelemetry is for the API that it names. */
const EXTERNAL = new Set(['tsx', '@opentelemetry/api']);

/** Returns whether the program of a command exists. Only commands of this repository and its packages are known. */
export function isKnown(root: string, command: string): boolean {
  const words = command.split(/\s+/).filter((word) => !/^[A-Z_]+=/.test(word));
  const [program, first = '', second = ''] = words;
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  };
  const isPackage = (name: string | undefined) => existsSync(join(root, 'packages', name ?? '', 'package.json'));
  switch (program) {
    case 'npm':
      if (first === 'install')
        return words.slice(2).every((word) => isPackage(word) || EXTERNAL.has(word) || word.startsWith('-'));
      if (first !== 'run') return first in scripts;
      return second in scripts && (second !== 'example' || isExample(root, words[3]));
    case 'npx':
      return isPackage(first) || EXTERNAL.has(first) || existsSync(join(root, 'node_modules', '.bin', first));
    case 'node':
      return existsSync(join(root, first));
    case 'git':
      return command === 'git config core.hooksPath scripts/hooks' && existsSync(join(root, 'scripts', 'hooks'));
    case 'bacalhau':
    case 'go':
    case 'ipfs':
      return true; // not part of this repository
    default:
      return false;
  }
}

/** `NAME` stands for any example. */
const isExample = (root: string, name = ''): boolean =>
  name === 'NAME' || existsSync(join(root, 'examples', name, 'main.ts'));
