export { BrokenConnection } from './broken-connection.js';
export { type ExternalRequest, type ExternalResponse, fetchExternal, withoutQuery } from './external-request.js';
export { reasonIn } from './reason-in.js';
export { type Bucket, httpBase, openBucket, quoteAddress, type S3Credentials } from './s3-bucket.js';
export { type Listing, listingQuery, parseListing } from './s3-listing.js';
export { decodeKey, parseXml, parseXmlList, StoreResponseError } from './s3-xml.js';
