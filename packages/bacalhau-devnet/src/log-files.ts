import { open, readFile } from 'node:fs/promises';
import { stripVTControlCharacters } from 'node:util';

const TAIL_BYTES = 16_384;
const TAIL_LINES = 40;

/** Reads the last lines of a log file; empty if there is no file. */
export async function readTail(path: string): Promise<string> {
  const file = await open(path, 'r').catch(() => undefined);
  if (file === undefined) return '';
  try {
    const { size } = await file.stat();
    const length = Math.min(size, TAIL_BYTES);
    const { buffer } = await file.read(Buffer.alloc(length), 0, length, size - length);
    return stripVTControlCharacters(buffer.toString('utf8')).trimEnd().split('\n').slice(-TAIL_LINES).join('\n');
  } finally {
    await file.close();
  }
}

/** Reads a whole log file; empty if there is none. */
export async function readLog(path: string): Promise<string> {
  return readFile(path, 'utf8').catch(() => '');
}
