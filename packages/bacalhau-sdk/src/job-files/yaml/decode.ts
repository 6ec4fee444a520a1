import { JobFileProblem } from '../problem.js';

/** Decodes the bytes of a job file: UTF-8, or UTF-16 with the mark at its beginning that tells the order of bytes. */
export function decode(bytes: Uint8Array): string {
  const [first, second] = bytes;
  const encoding =
    first === 0xff && second === 0xfe ? 'utf-16le' : first === 0xfe && second === 0xff ? 'utf-16be' : 'utf-8';
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new JobFileProblem(`is not ${encoding.toUpperCase()} text. Save it as UTF-8.`, { cause });
  }
}
