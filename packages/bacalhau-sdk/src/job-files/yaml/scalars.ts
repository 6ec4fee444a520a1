import { JobFileProblem } from '../problem.js';

/** What a plain scalar stands for. Integers are bigint, so that they can be told from other numbers. */
export type Scalar = string | boolean | null | bigint | number;

/** Words of YAML 1.1 with a value of their own; each also with a capital letter and in capitals. */
const WORDS: ReadonlyMap<string, Scalar> = new Map([
  ...wordsFor(true, ['y', 'yes', 'true', 'on']),
  ...wordsFor(false, ['n', 'no', 'false', 'off']),
  ...wordsFor(null, ['', '~', 'null']),
  ...wordsFor(Number.NaN, ['.nan']),
  ...wordsFor(Number.POSITIVE_INFINITY, ['.inf', '+.inf']),
  ...wordsFor(Number.NEGATIVE_INFINITY, ['-.inf']),
  ['.NaN', Number.NaN],
]);

function wordsFor(value: Scalar, words: readonly string[]): (readonly [string, Scalar])[] {
  const capitalized = (word: string): string => word.replace(/[a-z]/, (letter) => letter.toUpperCase());
  return words.flatMap((word) => [word, capitalized(word), word.toUpperCase()].map((form) => [form, value] as const));
}

const INTEGER = /^([-+]?)(0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO][0-7]+|0[0-7]*|[1-9][0-9]*)$/;
const FLOAT = /^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$/;
const LARGEST_UNSIGNED = 2n ** 64n - 1n;
const LARGEST_SIGNED = 2n ** 63n - 1n;

/** Resolves a plain scalar. Dates stay texts. */
export function resolvePlain(text: string): Scalar {
  const word = WORDS.get(text);
  if (word !== undefined) return word;
  if (!/^[-+.0-9]/.test(text)) return text;
  // Underscores group digits, but do not begin a fraction.
  if (text.startsWith('._')) return text;
  const digits = text.replaceAll('_', '');
  const integer = parseInteger(digits);
  if (integer !== undefined) return integer;
  const float = FLOAT.test(digits) ? Number(digits) : Number.NaN;
  return Number.isFinite(float) ? float : text;
}

function parseInteger(text: string): bigint | undefined {
  const [, sign, digits] = INTEGER.exec(text) ?? [];
  // Longer ones do not fit, and would take long.
  if (digits === undefined || digits.length > 66) return undefined;
  const isOctal = /^0[0-7]+$/.test(digits);
  const size = BigInt(isOctal ? `0o${digits}` : digits.toLowerCase());
  if (sign === '') return size <= LARGEST_UNSIGNED ? size : undefined;
  if (sign === '+') return size <= LARGEST_SIGNED ? size : undefined;
  return size <= LARGEST_SIGNED + 1n ? -size : undefined;
}

/** Resolves a scalar that has a tag of YAML's own, such as `!!int`. */
export function resolveTagged(text: string, tag: string): Scalar {
  if (tag === 'binary') return decodeBase64(text);
  if (!['bool', 'int', 'float', 'null'].includes(tag)) return text;
  const value = resolvePlain(text);
  if (kindOf(value) === tag) return value;
  if (tag === 'float' && typeof value === 'bigint') return Number(value);
  throw new JobFileProblem(`has ${JSON.stringify(text)} where its tag !!${tag} needs another value.`);
}

function kindOf(value: Scalar): string {
  if (value === null) return 'null';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'bigint') return 'int';
  return typeof value === 'number' ? 'float' : 'str';
}

function decodeBase64(text: string): string {
  const digits = text.replace(/[\r\n]/g, '');
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(digits)) {
    throw new JobFileProblem('has a value with the tag !!binary that is not base64.');
  }
  return new TextDecoder().decode(Uint8Array.from(atob(digits), (character) => character.charCodeAt(0)));
}

/** Returns a key as text, as Go writes it: floats with the digits that their 32 bits need. */
export function keyOf(key: unknown): string {
  switch (typeof key) {
    case 'string':
      return key;
    case 'bigint':
      if (key > LARGEST_SIGNED) throw new JobFileProblem(`has the key ${key}, which is too large.`);
      return String(key);
    case 'boolean':
      return String(key);
    case 'number':
      return formatFloat(key);
    default:
      throw new JobFileProblem('has a key that is neither a text nor a number nor true nor false.');
  }
}

function formatFloat(value: number): string {
  const float = Math.fround(value);
  if (Number.isNaN(value)) return '.nan';
  if (!Number.isFinite(float)) return float > 0 ? '.inf' : '-.inf';
  let shortest = '';
  for (let digits = 0; digits <= 8; digits += 1) {
    shortest = float.toExponential(digits);
    if (Math.fround(Number(shortest)) === float) break;
  }
  const [mantissa = '', exponent = '0'] = shortest.split('e');
  const power = Number(exponent);
  if (power >= -4 && power < 6) return decimal(mantissa, power);
  return `${mantissa}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
}

/** Writes digits and a power of ten without an exponent. */
function decimal(mantissa: string, power: number): string {
  const sign = mantissa.startsWith('-') ? '-' : '';
  const digits = mantissa.replace(/[-.]/g, '');
  if (power < 0) return `${sign}0.${'0'.repeat(-power - 1)}${digits}`;
  const whole = digits.slice(0, power + 1).padEnd(power + 1, '0');
  const fraction = digits.slice(power + 1);
  return `${sign}${whole}${fraction === '' ? '' : `.${fraction}`}`;
}
