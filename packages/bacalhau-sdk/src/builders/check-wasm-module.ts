import { InvalidJobError } from '../errors/index.js';

const MAGIC = [0x00, 0x61, 0x73, 0x6d];
const CUSTOM_SECTION = 0;

/**
 * Checks a module for what nodes would refuse later: bytes that are not WebAssembly, and a missing custom section `name`
 * ("Name section not found"), which `wasm-strip` and some compilers remove.
 *
 * @throws {InvalidJobError} naming the field.
 */
export function checkWasmModule(bytes: Uint8Array, field: string): void {
  if (!MAGIC.every((byte, index) => bytes[index] === byte)) {
    throw new InvalidJobError(field, 'is not a WebAssembly module. Compile it to .wasm first.');
  }
  if (!sectionNames(bytes).includes('name')) {
    throw new InvalidJobError(
      field,
      'has no name section, without which Bacalhau’s nodes cannot run it. Compile it without stripping (for example with wat2wasm --debug-names).',
    );
  }
}

/** Returns the names of the custom sections; of a truncated module, those before its end. */
function sectionNames(bytes: Uint8Array): string[] {
  const names: string[] = [];
  let position = 8; // the magic number and the version
  while (position < bytes.length) {
    const id = bytes[position];
    const size = readUnsigned(bytes, position + 1);
    if (size === undefined) return names;
    if (id === CUSTOM_SECTION) {
      const length = readUnsigned(bytes, size.end);
      if (length !== undefined)
        names.push(new TextDecoder().decode(bytes.subarray(length.end, length.end + length.value)));
    }
    position = size.end + size.value;
  }
  return names;
}

/** Reads an unsigned LEB128 number of at most five bytes. */
function readUnsigned(bytes: Uint8Array, start: number): { readonly value: number; readonly end: number } | undefined {
  let value = 0;
  for (let index = 0; index < 5; index++) {
    const byte = bytes[start + index];
    if (byte === undefined) return undefined;
    value += (byte & 0x7f) * 2 ** (7 * index);
    if (byte < 0x80) return { value, end: start + index + 1 };
  }
  return undefined;
}
