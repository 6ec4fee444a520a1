import { fileURLToPath } from 'node:url';

/**
 * Returns the path of a file of this package, given relative to the package's root. Every entry is built into `dist/`, so
 * the root is one folder up; the build gives the CommonJS output its own `import.meta.url`.
 */
export function packageFile(path: string): string {
  return fileURLToPath(new URL(`../${path}`, import.meta.url));
}
