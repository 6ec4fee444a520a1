import { DownloadError } from '../../errors/index.js';

/** A page of ListObjectsV2. */
export interface Listing {
  readonly objects: readonly { readonly key: string; readonly size: number }[];
  /** Of the next page; absent on the last one. */
  readonly nextToken: string | undefined;
}

/**
 * Parses the XML in which S3 lists objects. Its elements are flat and have no attributes, so a general XML parser is not
 * needed; https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html has them.
 */
export function parseListing(xml: string): Listing {
  if (!/<ListBucketResult[\s>]/.test(xml)) {
    throw new DownloadError(
      'The S3 endpoint did not respond with a list of objects. Check that it is an S3 endpoint.',
      {
        reason: 'http',
      },
    );
  }
  const isEncoded = textOf(xml, 'EncodingType') === 'url';
  const objects = [...xml.matchAll(/<Contents>([\s\S]*?)<\/Contents>/g)].map(([, content = '']) => {
    const key = textOf(content, 'Key') ?? '';
    const size = textOf(content, 'Size') ?? '';
    if (key === '' || !/^\d+$/.test(size)) {
      throw new DownloadError('The S3 endpoint listed an object without a key or a size.', { reason: 'http' });
    }
    return { key: isEncoded ? decode(key) : key, size: Number(size) };
  });
  const isTruncated = textOf(xml, 'IsTruncated') === 'true';
  const nextToken = textOf(xml, 'NextContinuationToken');
  if (isTruncated && nextToken === undefined) {
    throw new DownloadError('The S3 endpoint listed a part of the objects without a continuation token.', {
      reason: 'http',
    });
  }
  return { objects, nextToken: isTruncated ? nextToken : undefined };
}

const textOf = (xml: string, element: string): string | undefined => {
  const found = new RegExp(`<${element}>([^<]*)</${element}>`).exec(xml)?.[1];
  return found === undefined ? undefined : unescapeXml(found);
};

const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' };

function unescapeXml(text: string): string {
  return text.replace(/&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|(\w+));/gi, (whole, hex, decimal, named) => {
    if (typeof named === 'string') return ENTITIES[named] ?? whole;
    const code = typeof hex === 'string' ? Number.parseInt(hex, 16) : Number(decimal);
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}

/** `encoding-type=url` writes a space as `+`. */
function decode(key: string): string {
  try {
    return decodeURIComponent(key.replaceAll('+', '%20'));
  } catch {
    throw new DownloadError(`The S3 endpoint listed a key with invalid percent-encoding: ${JSON.stringify(key)}.`, {
      reason: 'http',
    });
  }
}
