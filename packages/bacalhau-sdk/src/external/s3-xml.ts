/** A store answered with something else than it was asked for. The message is a sentence. */
export class StoreResponseError extends Error {}

/** The text before the end of an element, and where that is, for example `Contents/Key`; empty for the root. */
export interface XmlText {
  readonly path: string;
  readonly text: string;
}

/** Elements of a response are three deep, apart from those of checksums and owners. */
const DEEPEST = 8;

/**
 * Parses the XML of an S3 endpoint in one pass over the text: elements, attributes that nobody needs, and text. S3 sends
 * nothing else, so nothing else is accepted.
 *
 * @throws {StoreResponseError} for anything else, and for another root.
 */
export function* parseXml(xml: string, root: string): Generator<XmlText, void, undefined> {
  const malformed = (): StoreResponseError =>
    new StoreResponseError(
      `The S3 endpoint did not respond with what it was asked for, ${root}. Check that it is an S3 endpoint.`,
    );
  const open: string[] = [];
  let isComplete = false;
  let offset = xml.startsWith('\uFEFF') ? 1 : 0;
  while (offset < xml.length) {
    const start = xml.indexOf('<', offset);
    if (start === -1) break;
    const text = xml.slice(offset, start);
    const end = xml.indexOf('>', start);
    if (end === -1) throw malformed();
    offset = end + 1;
    const tag = xml.slice(start + 1, end);
    if (tag.startsWith('?')) continue;
    const name = /^\/?([a-z][a-z0-9]{0,63})(?=[\s/]|$)/i.exec(tag)?.[1];
    if (name === undefined) throw malformed();
    if (!tag.startsWith('/')) {
      open.push(name);
      if (open.length > DEEPEST || open[0] !== root) throw malformed();
    } else if (open.at(-1) !== name) throw malformed();
    if (!tag.startsWith('/') && !tag.endsWith('/')) continue;
    yield { path: open.slice(1).join('/'), text: tag.startsWith('/') ? unescapeXml(text) : '' };
    open.pop();
    isComplete ||= open.length === 0;
  }
  if (open.length > 0 || !isComplete) throw malformed();
}

const ENTITIES: ReadonlyMap<string, string> = new Map(
  Object.entries({ lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' }),
);

function unescapeXml(text: string): string {
  return text.replace(/&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|(\w{1,8}));/gi, (whole, hex, decimal, named) => {
    if (typeof named === 'string') return ENTITIES.get(named) ?? whole;
    const code = typeof hex === 'string' ? Number.parseInt(hex, 16) : Number(decimal);
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}

/** The fields of an S3 response, and of each element of a list in it, by their paths there. */
export interface XmlList {
  readonly fields: ReadonlyMap<string, string>;
  readonly items: readonly ReadonlyMap<string, string>[];
}

/** Parses a response that has a list of elements `item`. */
export function parseXmlList(xml: string, root: string, item: string): XmlList {
  const fields = new Map<string, string>();
  const items: ReadonlyMap<string, string>[] = [];
  let current = new Map<string, string>();
  for (const { path, text } of parseXml(xml, root)) {
    if (path === item) {
      items.push(current);
      current = new Map();
    } else if (path.startsWith(`${item}/`)) current.set(path.slice(item.length + 1), text);
    else fields.set(path, text);
  }
  return { fields, items };
}

/** Decodes a key: `encoding-type=url` writes a space as `+`. */
export function decodeKey(key: string, fields: ReadonlyMap<string, string>): string {
  if (fields.get('EncodingType') !== 'url') return key;
  try {
    return decodeURIComponent(key.replaceAll('+', '%20'));
  } catch {
    throw new StoreResponseError('The S3 endpoint listed a key with invalid percent-encoding.');
  }
}
