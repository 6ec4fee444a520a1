import { sha256 } from '@noble/hashes/sha2.js';
import { platform } from '#platform';
import type { Hasher, LocalFile } from '../platform/index.js';
import type { HashedFile, HashedPart } from '../uploads/index.js';
import { hex, throwIfAborted } from '../util/index.js';
import { packFolder } from './pack-folder.js';
import type { FoundFiles } from './read-files.js';

const MIB = 1024 * 1024;
/** The parts that a file is uploaded in, in bytes. S3 takes at most 10,000 of them, of at least 5 MiB each. */
const SMALLEST_PART = 16 * MIB;
const MOST_PARTS = 10_000;

/** Content, read once. */
interface HashedContent {
  /** Of the file, or of the folder's tar, in hexadecimal. */
  readonly sha256: string;
  readonly files: readonly HashedFile[];
}

/** Reads files once for the hash of the whole and, if they are uploaded in parts, for the hashes of these. */
export async function hashContent(
  found: FoundFiles,
  { inParts, signal }: { readonly inParts: boolean; readonly signal: AbortSignal },
): Promise<HashedContent> {
  const { kind } = found;
  const whole = newHasher();
  // A tar is packed ahead of its reader.
  const reusesMemory = kind === 'file';
  /** Whether the only part of a file is the whole. */
  const isWhole = ({ size }: LocalFile): boolean => kind === 'file' && size <= SMALLEST_PART;
  const parts = new Map<LocalFile, readonly HashedPart[]>();
  const read = async function* (file: LocalFile): AsyncGenerator<Uint8Array, void, undefined> {
    const hasher = inParts && !isWhole(file) ? new PartHasher(file.size) : undefined;
    for await (const chunk of file.read(undefined, { reusesMemory })) {
      throwIfAborted(signal);
      hasher?.update(chunk);
      yield chunk;
    }
    if (hasher !== undefined) parts.set(file, hasher.end());
  };
  const files = found.files.map((file) => ({ ...file, read: () => read(file) }));
  const content = kind === 'folder' ? packFolder(files) : contentOf(files);
  for await (const chunk of content) whole.update(chunk);
  const sha256 = whole.digest();
  const unsplit = ({ size }: LocalFile): readonly HashedPart[] => (inParts ? [{ start: 0, end: size, sha256 }] : []);
  const partsOf = (file: LocalFile): readonly HashedPart[] => parts.get(file) ?? unsplit(file);
  return { sha256: hex(sha256), files: found.files.map((file) => ({ ...file, parts: partsOf(file) })) };
}

/** Hashes a file part by part. */
class PartHasher {
  readonly #size: number;
  readonly #parts: HashedPart[] = [];
  #hash = newHasher();
  #start = 0;
  #end = 0;

  constructor(size: number) {
    this.#size = Math.max(SMALLEST_PART, Math.ceil(size / MOST_PARTS / MIB) * MIB);
  }

  update(chunk: Uint8Array): void {
    for (let rest = chunk; rest.length > 0; ) {
      const taken = rest.subarray(0, this.#size - (this.#end - this.#start));
      this.#hash.update(taken);
      this.#end += taken.length;
      rest = rest.subarray(taken.length);
      if (this.#end - this.#start === this.#size) this.#endPart();
    }
  }

  end(): readonly HashedPart[] {
    // An empty file has one part, too.
    if (this.#end > this.#start || this.#parts.length === 0) this.#endPart();
    return this.#parts;
  }

  #endPart(): void {
    this.#parts.push({ start: this.#start, end: this.#end, sha256: this.#hash.digest() });
    this.#start = this.#end;
    this.#hash = newHasher();
  }
}

export const newHasher = (): Hasher => platform.sha256() ?? sha256.create();

/** The content of files, one after the other. */
export async function* contentOf(
  files: readonly Pick<LocalFile, 'read'>[],
): AsyncGenerator<Uint8Array, void, undefined> {
  for (const file of files) yield* file.read();
}
