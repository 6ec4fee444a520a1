import type { FileSettings } from './files.js';

/** `readFileSettings`, loaded where there are files. */
export async function readFileSettings(
  ...args: Parameters<typeof import('./files.js')['readFileSettings']>
): Promise<FileSettings> {
  const { readFileSettings: read } = await import('./files.js');
  return read(...args);
}
