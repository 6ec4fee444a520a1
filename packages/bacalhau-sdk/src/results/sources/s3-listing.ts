import { DownloadError } from '../../errors/index.js';
import { quoteName } from '../../model/index.js';

/** A page of ListObjectsV2. */
export interface Listing {
  readonly objects: readonly { readonly key: string; readonly size: number }[];
  /** Of the next page; absent on the last one. */
  readonly nextToken: string | undefined;
}

/** The text before the end of an element, and where that is, for example `ListBucketResult/Contents/Key`. */
interface XmlText {
  readonly path: string;
  readonly text: string;
}

const ROOT = 'ListBucketResult';
/** Elements of a listing are three deep, apart from those of checksums and owners. */
const DEEPEST = 8;

/**
 * Parses the XML in which S3 lists objects
 * (https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html), in one pass over the text.
 *
 * @throws {DownloadError} with reason `http` for anything else.
 */
export function parseListing(xml: string): Listing {
  const objects: { key: string; size: number }[] = [];
  const page = new Map<string, string>();
  let object = new Map<string, string>();
  let isListing = false;
  for (const { path, text } of elementsOf(xml)) {
    const [root, name = '', field] = path.split('/');
    if (root !== ROOT) throw notListing();
    if (name === '') isListing = true;
    else if (name !== 'Contents') page.set(name, text);
    else if (field !== undefined) object.set(path.slice(`${ROOT}/Contents/`.length), text);
    else {
      objects.push(toObject(object));
      object = new Map();
    }
  }
  if (!isListing) throw notListing();
  const isEncoded = page.get('EncodingType') === 'url';
  const nextToken = page.get('NextContinuationToken');
  const isTruncated = page.get('IsTruncated') === 'true';
  if (isTruncated && !nextToken) {
    throw new DownloadError('The S3 endpoint listed a part of the objects without a continuation token.', {
      reason: 'http',
    });
  }
  return {
    objects: objects.map(({ key, size }) => ({ key: isEncoded ? decode(key) : key, size })),
    nextToken: isTruncated ? nextToken : undefined,
  };
}

function toObject(fields: ReadonlyMap<string, string>): { key: string; size: number } {
  const key = fields.get('Key') ?? '';
  const size = /^\d{1,16}$/.test(fields.get('Size') ?? '') ? Number(fields.get('Size')) : Number.NaN;
  if (key !== '' && Number.isSafeInteger(size)) return { key, size };
  throw new DownloadError('The S3 endpoint listed an object without a key or a size.', { reason: 'http' });
}

/** Elements, attributes that nobody needs, and text: S3 sends nothing else, so nothing else is accepted. */
function* elementsOf(xml: string): Generator<XmlText, void, undefined> {
  const open: string[] = [];
  let offset = xml.startsWith('\uFEFF') ? 1 : 0;
  while (offset < xml.length) {
    const start = xml.indexOf('<', offset);
    if (start === -1) break;
    const text = xml.slice(offset, start);
    const end = xml.indexOf('>', start);
    if (end === -1) throw notListing();
    offset = end + 1;
    const tag = xml.slice(start + 1, end);
    if (tag.startsWith('?')) continue;
    const name = /^\/?([a-z][a-z0-9]{0,63})(?=[\s/]|$)/i.exec(tag)?.[1];
    if (name === undefined) throw notListing();
    if (tag.startsWith('/')) {
      if (open.at(-1) !== name) throw notListing();
      yield { path: open.join('/'), text: unescapeXml(text) };
      open.pop();
      continue;
    }
    open.push(name);
    if (open.length > DEEPEST || open[0] !== ROOT) throw notListing();
    if (tag.endsWith('/')) {
      yield { path: open.join('/'), text: '' };
      open.pop();
    }
  }
  if (open.length > 0) throw notListing();
}

const notListing = (): DownloadError =>
  new DownloadError('The S3 endpoint did not respond with a list of objects. Check that it is an S3 endpoint.', {
    reason: 'http',
  });

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

/** Decodes a key: `encoding-type=url` writes a space as `+`. */
function decode(key: string): string {
  try {
    return decodeURIComponent(key.replaceAll('+', '%20'));
  } catch {
    throw new DownloadError(`The S3 endpoint listed a key with invalid percent-encoding: ${quoteName(key)}.`, {
      reason: 'http',
    });
  }
}
