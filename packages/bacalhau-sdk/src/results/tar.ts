import { DownloadError } from '../errors/index.js';
import { quoteName } from '../model/index.js';
import type { ByteReader } from './byte-reader.js';
import type { UnsafeEntryKind } from './types.js';

/** What a header of a TAR says, with what its extension headers replace. */
export interface TarEntry {
  readonly kind: 'file' | 'directory' | UnsafeEntryKind;
  readonly name: string;
  /** Of the content that follows; 0 for everything but files. */
  readonly size: number;
  readonly mode: number;
}

const BLOCK = 512;
/** The longest extension header. A path takes 4 KiB at most, so it holds the attributes of any file that exists. */
const LONGEST_EXTENSION = 1024 * 1024;
/** How much may follow the end of an archive: programs fill their last record with zeros. */
const LONGEST_PADDING = 1024 * 1024;

const KINDS: Readonly<Record<string, TarEntry['kind']>> = {
  '\0': 'file',
  '0': 'file',
  '7': 'file',
  '1': 'hard-link',
  '2': 'symbolic-link',
  '3': 'character-device',
  '4': 'block-device',
  '5': 'directory',
  '6': 'fifo',
};

/** Thrown for an archive that breaks the rules of its format. */
class TarFormatError extends Error {}

/** What extension headers say of the next entry. */
interface Overrides {
  path?: string;
  size?: number;
  /** The types of header that were read, because a second one of a kind has no defined meaning. */
  readonly types: Set<string>;
}

/**
 * Reads the headers of a TAR (ustar, pax and GNU), one after the other. The content of an entry must be read from
 * `bytes`, with its padding, before the next. Whatever two programs could read in different ways is an error.
 *
 * `admit` is called for every header, also for those of extensions.
 */
export async function* readHeaders(
  bytes: ByteReader,
  admit: (name: string, size: number) => void,
): AsyncGenerator<TarEntry, void, undefined> {
  let overrides: Overrides = { types: new Set() };
  for (;;) {
    const block = await bytes.exactly(BLOCK);
    if (isZero(block)) {
      if (!isZero(await bytes.exactly(BLOCK))) throw new TarFormatError('it has a header that is empty');
      if (overrides.types.size > 0) throw new TarFormatError('it ends after the header of an extension');
      await checkPadding(bytes);
      return;
    }
    const header = parseHeader(block);
    if ('xgLK'.includes(header.type)) {
      admit(header.name, header.size);
      await readExtension(bytes, header, overrides);
      continue;
    }
    const entry = toEntry(header, overrides);
    admit(entry.name, entry.size);
    yield entry;
    overrides = { types: new Set() };
  }
}

/** Returns the number of padding bytes after a content, which align the next header to a block. */
export const paddingOf = (size: number): number => (BLOCK - (size % BLOCK)) % BLOCK;

interface Header {
  readonly name: string;
  readonly mode: number;
  readonly size: number;
  readonly type: string;
}

function parseHeader(block: Uint8Array): Header {
  if (!hasMagic(block)) throw new TarFormatError('it has a header that is not of a TAR');
  // Of the checksum's own field, spaces are counted.
  const sum = block.reduce((total, byte, index) => total + (index >= 148 && index < 156 ? 0x20 : byte), 0);
  if (sum !== numberIn(block, 148, 8)) throw new TarFormatError('invalid tar header checksum');
  const prefix = block[262] === 0 ? textIn(block, 345, 155) : ''; // GNU's format has times there.
  const name = textIn(block, 0, 100);
  return {
    name: prefix === '' ? name : `${prefix}/${name}`,
    mode: numberIn(block, 100, 8),
    size: numberIn(block, 124, 12),
    type: String.fromCharCode(block[156] ?? 0),
  };
}

function toEntry(header: Header, overrides: Overrides): TarEntry {
  const name = overrides.path ?? header.name;
  const size = overrides.size ?? header.size;
  const { mode } = header;
  const kind = KINDS[header.type];
  if (kind === undefined) {
    const type = header.type === 'S' ? 'is a sparse file' : `has the type ${quoteName(header.type)}`;
    throw unsupported(name, type);
  }
  if (kind === 'file' && !name.endsWith('/')) return { kind, name, size, mode };
  // Some programs take it for content, and some for the next header.
  if (size !== 0) throw new TarFormatError(`${quoteName(name)} has a size, but is not a file`);
  return { kind: kind === 'file' ? 'directory' : kind, name, size, mode };
}

async function readExtension(bytes: ByteReader, { type, size }: Header, overrides: Overrides): Promise<void> {
  if (size > LONGEST_EXTENSION) {
    throw new TarFormatError(`it has the header of an extension with more than ${LONGEST_EXTENSION} bytes`);
  }
  const content = await bytes.exactly(size);
  await bytes.exactly(paddingOf(size));
  if (type === 'g') {
    const { path, size: length } = parsePax(content);
    if (path === undefined && length === undefined) return;
    throw new TarFormatError('it has one path or size for all entries');
  }
  if (overrides.types.has(type)) throw new TarFormatError('it has two headers of the same extension for one entry');
  overrides.types.add(type);
  const found = type === 'x' ? parsePax(content) : type === 'L' ? { path: textIn(content, 0, size) } : {};
  if (found.path !== undefined && overrides.path !== undefined) throw new TarFormatError('an entry has two paths');
  Object.assign(overrides, found);
}

/** Parses records of the form `<length> <key>=<value>\n`. */
function parsePax(content: Uint8Array): { path?: string; size?: number } {
  const found: { path?: string; size?: number } = {};
  for (let offset = 0; offset < content.length; ) {
    const digits = /^[1-9]\d{0,7} /.exec(ascii(content.subarray(offset, offset + 9)))?.[0];
    const length = Number(digits);
    const record = content.subarray(offset + (digits?.length ?? 0), offset + length - 1);
    const equals = record.indexOf(0x3d);
    if (digits === undefined || content[offset + length - 1] !== 0x0a || equals < 1) {
      throw new TarFormatError('it has invalid extended attributes');
    }
    // No key of interest is longer.
    const key = ascii(record.subarray(0, Math.min(equals, 64)));
    const value = record.subarray(equals + 1);
    if (key.startsWith('GNU.sparse.')) throw unsupported(found.path ?? '', 'is a sparse file');
    if (key === 'path') found.path = once(found.path, new TextDecoder().decode(value), key);
    if (key === 'size') found.size = once(found.size, sizeIn(ascii(value.subarray(0, 20))), key);
    offset += length;
  }
  return found;
}

function once<T>(known: T | undefined, value: T, key: string): T {
  if (known !== undefined) throw new TarFormatError(`it has two extended attributes ${key} for one entry`);
  return value;
}

function sizeIn(text: string): number {
  const size = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(size)) throw new TarFormatError(`it has an entry with the size ${quoteName(text)}`);
  return size;
}

/** Reads an octal number, or a binary one, as GNU writes those that are larger. */
function numberIn(block: Uint8Array, offset: number, length: number): number {
  const field = block.subarray(offset, offset + length);
  const first = field[0] ?? 0;
  // 0xff begins a negative number.
  if (first === 0x80) {
    const value = field.subarray(1).reduce((total, byte) => total * 256 + byte, 0);
    if (Number.isSafeInteger(value)) return value;
  }
  const text = /^ *([0-7]*)[ \0]*$/.exec(ascii(field))?.[1];
  if (first >= 0x80 || text === undefined) throw new TarFormatError('it has a header with an invalid number');
  return text === '' ? 0 : Number.parseInt(text, 8);
}

function textIn(bytes: Uint8Array, offset: number, length: number): string {
  const field = bytes.subarray(offset, offset + length);
  const end = field.indexOf(0);
  return new TextDecoder().decode(end === -1 ? field : field.subarray(0, end));
}

const ascii = (bytes: Uint8Array): string => String.fromCharCode(...bytes);

/** Recognizes a header: the formats of POSIX and GNU both have `ustar` at 257. */
export const hasMagic = (block: Uint8Array): boolean =>
  block.length >= BLOCK && [0x75, 0x73, 0x74, 0x61, 0x72].every((byte, index) => block[257 + index] === byte);

const isZero = (bytes: Uint8Array): boolean => bytes.every((byte) => byte === 0);

async function checkPadding(bytes: ByteReader): Promise<void> {
  let length = 0;
  for (;;) {
    const chunk = await bytes.atMost(BLOCK * 128);
    if (chunk === undefined) return;
    length += chunk.length;
    if (!isZero(chunk)) throw new TarFormatError('something follows its end');
    if (length > LONGEST_PADDING) throw new TarFormatError(`more than ${LONGEST_PADDING} zeros follow its end`);
  }
}

const unsupported = (name: string, problem: string): DownloadError =>
  new DownloadError(
    `The entry ${quoteName(name)} ${problem}, which cannot be unpacked here. Download the result with extract: false.`,
    { reason: 'unsupported', entry: name },
  );
