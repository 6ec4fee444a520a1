import { base64, utf8 } from '../util/index.js';

/** Shorter secrets are left in place: replacing them would only show where they occur. */
const SHORTEST = 4;
/** Longer secrets are looked for in pieces: regular expressions have a largest size. */
const LONGEST_PIECE = 512;

const ENTITIES: Readonly<Record<string, string>> = {
  '"': 'quot|#34|#x22',
  '&': 'amp|#38|#x26',
  "'": 'apos|#39|#x27',
  '<': 'lt|#60|#x3c',
  '>': 'gt|#62|#x3e',
};

/**
 * Returns a pattern for each form of a secret that servers quote: as it is, escaped in any of the usual ways, and in
 * base64.
 */
export function patternsOf(secret: string): readonly RegExp[] {
  if (secret.length < SHORTEST) return [];
  const inJson = JSON.stringify(secret).slice(1, -1);
  const encoded = [...new Set([secret, inJson])].flatMap(base64Forms);
  return [...pieces(secret), ...encoded].map((form) => new RegExp([...form].map(anyForm).join(''), 'g'));
}

function pieces(secret: string): readonly string[] {
  if (secret.length <= LONGEST_PIECE) return [secret];
  const count = Math.ceil(secret.length / LONGEST_PIECE);
  const length = Math.ceil(secret.length / count);
  return Array.from({ length: count }, (_, index) => secret.slice(index * length, (index + 1) * length));
}

/** A backslash, which may itself be escaped, as JSON in a URL is. */
const BACKSLASH = '(?:\\\\|%(?:25){0,2}5[cC])';

/** Matches a character, as it is or escaped: for URLs (also twice), JSON (also as Go does it), HTML. */
function anyForm(character: string): string {
  if (/[0-9a-z]/i.test(character)) return character;
  const point = character.codePointAt(0) ?? 0;
  const percent = (bytes: readonly number[]): string =>
    bytes.map((byte) => `%(?:25){0,2}${anyCase(byte.toString(16).padStart(2, '0'))}`).join('');
  const units = [...Array(character.length).keys()].map((index) => character.charCodeAt(index));
  const json = units.map((unit) => `${BACKSLASH}{1,4}u${anyCase(unit.toString(16).padStart(4, '0'))}`).join('');
  const entity = ENTITIES[character];
  const forms = [
    ...(character === '\\' ? [`${BACKSLASH}{1,4}`] : [escaped(character), percent([...utf8(character)])]),
    json,
    ...(point >= 0x80 && point <= 0xff ? [percent([point])] : []),
    ...(character === ' ' ? ['\\+'] : []),
    ...(character === '\t' ? [`${BACKSLASH}{1,4}t`] : []),
    ...(entity === undefined ? [] : [`&(?:${entity});`, `%(?:25){0,2}26(?:${entity})%(?:25){0,2}3[bB]`]),
  ];
  // In JSON and in regular expressions a backslash may precede it.
  return `${character === '\\' ? '' : `${BACKSLASH}{0,4}`}(?:${forms.join('|')})`;
}

const escaped = (character: string): string => character.replace(/[\\^$.*+?()[\]{}|/-]/, '\\$&');

const anyCase = (digits: string): string => digits.replace(/[a-f]/g, (digit) => `[${digit}${digit.toUpperCase()}]`);

/**
 * Returns the base64 of a secret, as far as it does not depend on the text around it: in both alphabets, at three offsets.
 */
function base64Forms(secret: string): readonly string[] {
  const forms = [0, 1, 2].flatMap((offset) => {
    const bytes = new Uint8Array([...new Uint8Array(offset), ...utf8(secret)]);
    const stable = base64(bytes).slice(Math.ceil((offset * 8) / 6), Math.floor((bytes.length * 8) / 6));
    return [stable, stable.replaceAll('+', '-').replaceAll('/', '_')];
  });
  return [...new Set(forms)].filter(({ length }) => length > SHORTEST).flatMap(pieces);
}
