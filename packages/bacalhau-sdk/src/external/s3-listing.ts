import { decodeKey, parseXmlList, StoreResponseError } from './s3-xml.js';

/** A page of ListObjectsV2. */
export interface Listing {
  readonly objects: readonly { readonly key: string; readonly size: number }[];
  /** Of the next page; absent on the last one. */
  readonly nextToken: string | undefined;
}

/** The most objects that S3 lists in a page. */
const PAGE_SIZE = 1_000;

/** Returns the query that lists the objects under a prefix, from a page on. */
export const listingQuery = (prefix: string, token: string | undefined): Readonly<Record<string, string>> => ({
  ...{ 'list-type': '2', 'encoding-type': 'url', 'max-keys': String(PAGE_SIZE), prefix },
  ...(token !== undefined && { 'continuation-token': token }),
});

/**
 * Parses the XML in which S3 lists objects
 * (https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html).
 *
 * @throws {StoreResponseError} for anything else.
 */
export function parseListing(xml: string): Listing {
  const { fields, items } = parseXmlList(xml, 'ListBucketResult', 'Contents');
  const nextToken = fields.get('NextContinuationToken');
  const isTruncated = fields.get('IsTruncated') === 'true';
  if (isTruncated && !nextToken) {
    throw new StoreResponseError('The S3 endpoint listed a part of the objects without a continuation token.');
  }
  const objects = items.map((object) => {
    const key = object.get('Key') ?? '';
    const size = /^\d{1,16}$/.test(object.get('Size') ?? '') ? Number(object.get('Size')) : Number.NaN;
    if (key !== '' && Number.isSafeInteger(size)) return { key: decodeKey(key, fields), size };
    throw new StoreResponseError('The S3 endpoint listed an object without a key or a size.');
  });
  return { objects, nextToken: isTruncated ? nextToken : undefined };
}
