import { isFileName, quoteName } from '../model/index.js';
import type { EnvironmentVariables } from '../platform/index.js';
import type { ExternalRequest } from './external-request.js';

/** Credentials for S3. */
export interface S3Credentials {
  /** What AWS calls `AWS_ACCESS_KEY_ID`. */
  readonly accessKeyId: string;
  /** What AWS calls `AWS_SECRET_ACCESS_KEY`. Requests are signed with it; it is never sent. */
  readonly secretAccessKey: string;
  /** The session token of temporary credentials. */
  readonly sessionToken?: string | undefined;
}

/** A bucket of Amazon's, or of a compatible store. */
export interface BucketSettings {
  readonly bucket: string;
  /** Default: that of the environment, else `us-east-1`. */
  readonly region: string | undefined;
  /** The URL of a store other than Amazon's. */
  readonly endpoint: string | undefined;
  /** Default: those of the environment. */
  readonly credentials: S3Credentials | 'anonymous' | undefined;
}

/** Why a bucket cannot be addressed. */
export interface BucketProblem {
  readonly reason: 'not-configured' | 'unsupported' | 'unsafe-entry';
  /** A clause. */
  readonly text: string;
  readonly key?: string | undefined;
}

/** What is requested of a bucket. */
export interface BucketRequest {
  /** Default: `GET`. */
  readonly method?: ExternalRequest['method'];
  /** Of an object; absent for the bucket. */
  readonly key?: string | undefined;
  readonly query?: Readonly<Record<string, string>>;
  /** They are signed. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** Signs the requests to one bucket. */
export interface Bucket {
  readonly region: string;
  request(request: BucketRequest): Promise<ExternalRequest>;
}

/**
 * Returns what signs the requests to a bucket. `toError` makes the error of a bucket, or a key, that cannot be addressed.
 */
export function openBucket(
  settings: BucketSettings,
  env: EnvironmentVariables,
  toError: (problem: BucketProblem) => Error,
): Bucket {
  const { bucket } = settings;
  const credentials = settings.credentials ?? credentialsOf(env);
  if (credentials === undefined) {
    throw toError({
      reason: 'not-configured',
      text: `there are no credentials for the S3 bucket ${bucket}. Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or the option s3.credentials; use 'anonymous' for a public bucket`,
    });
  }
  const region = settings.region ?? env['AWS_REGION'] ?? env['AWS_DEFAULT_REGION'] ?? 'us-east-1';
  for (const [what, value] of [
    ['bucket', bucket],
    ['region', region],
  ] as const) {
    // They become parts of a host's name or a path.
    if (isFileName(value)) continue;
    throw toError({
      reason: 'unsupported',
      text: `the ${what} ${quoteName(value)} has characters that S3 does not allow`,
    });
  }
  const base = bucketUrl(settings, region, toError);
  const urlOf = (key: string | undefined, query: Readonly<Record<string, string>>): string => {
    const parts = key === undefined ? [] : key.split('/');
    // URLs have no way to write such a part: it would lead to another bucket.
    if (parts.some((part) => part === '.' || part === '..')) {
      throw toError({
        reason: 'unsafe-entry',
        text: `the key ${quoteName(key ?? '')} cannot be part of a URL`,
        key,
      });
    }
    if (/\p{Surrogate}/u.test(key ?? '')) {
      throw toError({ reason: 'unsafe-entry', text: `the key ${quoteName(key ?? '')} is not Unicode`, key });
    }
    const path = parts.map(encode).join('/');
    const search = Object.entries(query).map(([field, value]) => `${encode(field)}=${encode(value)}`);
    return `${base}/${path}${search.length === 0 ? '' : `?${search.join('&')}`}`;
  };
  return {
    region,
    async request({ method = 'GET', key, query = {}, headers = {} }) {
      const url = urlOf(key, query);
      if (credentials === 'anonymous') return { method, url, headers };
      const { accessKeyId, secretAccessKey, sessionToken } = credentials;
      // It needs a TextEncoder as soon as it is loaded, which other results do without.
      const { AwsV4Signer } = await import('aws4fetch');
      const signer = new AwsV4Signer({
        ...{ method, url, headers, service: 's3', region, accessKeyId, secretAccessKey },
        ...(sessionToken !== undefined && { sessionToken }),
      });
      const signed = await signer.sign();
      return { method, url: signed.url.href, headers: Object.fromEntries(signed.headers.entries()) };
    },
  };
}

function credentialsOf(env: EnvironmentVariables): S3Credentials | undefined {
  const accessKeyId = env['AWS_ACCESS_KEY_ID'];
  const secretAccessKey = env['AWS_SECRET_ACCESS_KEY'];
  const sessionToken = env['AWS_SESSION_TOKEN'];
  if (!accessKeyId || !secretAccessKey) return undefined;
  return { accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) };
}

/** Puts the bucket into the path of an endpoint, which every store supports; Amazon requires it in the host. */
function bucketUrl(
  { bucket, endpoint }: BucketSettings,
  region: string,
  toError: (problem: BucketProblem) => Error,
): string {
  const name = encode(bucket);
  if (endpoint !== undefined) {
    const url = endpoint.includes('://') ? endpoint : `https://${endpoint}`;
    if (httpBase(url) === undefined) {
      throw toError({
        reason: 'unsupported',
        text: `the endpoint ${quoteAddress(endpoint)} is not an http: or https: URL without a user name, a query and a fragment`,
      });
    }
    return `${url.replace(/\/+$/, '')}/${name}`;
  }
  const host = `s3.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`;
  // The certificate covers one label in front of the host.
  return bucket.includes('.') ? `https://${host}/${name}` : `https://${name}.${host}`;
}

/**
 * Returns a URL without a slash at its end; undefined if it is not one of HTTP, or is more than a base: credentials in it would
 * get into jobs, or be left out of requests.
 */
export function httpBase(address: string): string | undefined {
  if (!URL.canParse(address)) return undefined;
  const { protocol, origin, pathname, username, password, search, hash } = new URL(address);
  if (protocol !== 'http:' && protocol !== 'https:') return undefined;
  return username + password + search + hash === '' ? `${origin}${pathname.replace(/\/+$/, '')}` : undefined;
}

/** Quotes an address for a message, without what may be secret: what is before an `@`, and a query. */
export const quoteAddress = (address: string): string =>
  quoteName(address.replace(/^.*@/s, '…@').replace(/[?#].*$/s, '?…'));

/** Percent-encodes as signatures require: everything but RFC 3986's unreserved characters. */
const encode = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
