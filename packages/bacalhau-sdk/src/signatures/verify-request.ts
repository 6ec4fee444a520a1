import { type InnerList, parseDictionary, serializeInnerList } from 'structured-headers';
import { checkOptions, describeType, type OptionNames } from '../arguments/index.js';
import { InvalidArgumentError } from '../errors/index.js';
import type { PublicKey } from '../keys/index.js';
import { isRecord, utf8 } from '../util/index.js';
import { normalAuthority } from './authority.js';
import { COVERED, signatureBase } from './base.js';
import { type BodySource, checkBody, readBody, tooLarge } from './body.js';
import { checkNumber, checkParts, wrongType } from './check-arguments.js';
import { digestMatches } from './digest.js';
import { SignatureError } from './errors.js';
import { type Message, type RequestParts, receivedMessage } from './message.js';
import type { ReplayCache } from './replay-cache.js';

/** A request that was received. */
export interface SignedRequest extends RequestParts {
  /**
   * The body, or a function that returns it; leave it out for none. A stream is read, and a function called, only if the
   * signature is valid. Pass `request.iterator({ destroyOnReturn: false })` or `() => request` in Node, `request.body` of
   * a `Request`.
   */
  readonly body?: BodySource;
}

/** How a signature is verified. */
export interface VerifyOptions {
  /**
   * The host, with its port unless the scheme implies it, by which clients address this gateway, such as
   * `gateway.example.org` or `127.0.0.1:8080`: one, several, or a function that returns whether it is one of them. A
   * request that was signed for another gateway is refused.
   */
  readonly authority: string | readonly string[] | ((authority: string) => boolean | Promise<boolean>);
  /** Returns a known key by its id; undefined for an unknown one. */
  readonly key: (keyId: string) => PublicKey | undefined | Promise<PublicKey | undefined>;
  /** Remembers requests, so that none is accepted twice. Use the same one for all requests. */
  readonly replayCache: ReplayCache;
  /**
   * How much the clock of a client may be ahead of this one, or behind it once the signature has expired, in seconds. For
   * as long after `replayCache.since`, requests are refused. Default: 5.
   */
  readonly clockToleranceSeconds?: number | undefined;
  /** The longest time between `created` and `expires`, in seconds. Default: 300. */
  readonly maxLifetimeSeconds?: number | undefined;
  /** The size of the largest body, in bytes. Default: 10,000,000, as much as an orchestrator accepts. */
  readonly maxBodyBytes?: number | undefined;
  /** How long the body may take to arrive, in milliseconds. Default: 60,000. */
  readonly bodyTimeoutMs?: number | undefined;
  /**
   * The components that must be signed, in addition to the authority. Default: method, path, query and the digest of the
   * body. Without `content-digest` the body is not verified.
   */
  readonly components?: readonly string[] | undefined;
  /** The label of the signature to verify. Needed if the request has several. */
  readonly label?: string | undefined;
  /** The current time in milliseconds since 1970. Default: now. */
  readonly now?: number | undefined;
}

/** Who signed a request, and when. */
export interface VerifiedRequest {
  /** The id of the key that signed it. */
  readonly keyId: string;
  /** When it was signed. */
  readonly created: Date;
  /** When the signature expires. */
  readonly expires: Date;
  /** The value that makes the request unique. */
  readonly nonce: string;
  /** The host that it was signed for: lower case, without the port that the scheme implies. */
  readonly authority: string;
  /** The whole body; empty if there is none. */
  readonly body: Uint8Array;
}

const OPTIONS: OptionNames<VerifyOptions> = {
  authority: true,
  key: true,
  replayCache: true,
  clockToleranceSeconds: true,
  maxLifetimeSeconds: true,
  maxBodyBytes: true,
  bodyTimeoutMs: true,
  components: true,
  label: true,
  now: true,
};

const TOLERANCE_SECONDS = 5;
const LIFETIME_SECONDS = 300;
const BODY_BYTES = 10_000_000;
const BODY_TIMEOUT_MS = 60_000;

/**
 * Verifies the signature of a request (RFC 9421): that a known key made it, for this gateway, that nothing that it covers
 * was altered, that it has not expired, that the request was not received before, and that the body is the one that was
 * signed.
 *
 * The body is read last, so only signed requests take memory. A request whose body is refused counts as received.
 *
 * The host is taken from `url` and the header `Host`, which must agree. Behind a proxy that replaces `Host`, restore the
 * one that clients sent.
 *
 * @example
 * ```ts
 * const replayCache = new MemoryReplayCache();
 * const keys = new Map([[keyId, await importPublicKey(pem)]]);
 * const { keyId, body } = await verifyRequest(
 *   { method: request.method, url: request.url, headers: request.headersDistinct, body: () => request },
 *   { authority: 'gateway.example.org', key: (id) => keys.get(id), replayCache },
 * );
 * ```
 * @throws {SignatureError} with the reason in `problem`.
 * @throws {InvalidArgumentError} if an argument is of the wrong type, or an option is unknown.
 */
export async function verifyRequest(request: SignedRequest, options: VerifyOptions): Promise<VerifiedRequest> {
  checkParts(request);
  checkBody(request.body);
  checkVerifyOptions(options);
  const message = receivedMessage(request);
  const parameters = await verifySignature(message, options);

  const maxBytes = options.maxBodyBytes ?? BODY_BYTES;
  if (Number(message.headers.get('content-length')) > maxBytes) throw tooLarge(maxBytes);
  await rememberRequest(parameters, options);
  const body = await readBody(request.body, { maxBytes, timeoutMs: options.bodyTimeoutMs ?? BODY_TIMEOUT_MS });
  await checkDigest(message, body);
  return {
    keyId: parameters.keyId,
    nonce: parameters.nonce,
    created: new Date(parameters.created * 1000),
    expires: new Date(parameters.expires * 1000),
    authority: message.authority,
    body,
  };
}

async function verifySignature(message: Message, options: VerifyOptions): Promise<Parameters> {
  const { covered, serialized, signature } = await parse(message, options.label);
  const parameters = parametersOf(covered);
  const names = covered[0].map(([name]) => name);
  const missing = ['@authority', ...(options.components ?? COVERED)].filter((name) => !names.includes(name));
  if (missing.length > 0) {
    throw new SignatureError('incomplete', `The signature does not cover ${missing.join(', ')}.`);
  }
  await checkAuthority(message, options);
  checkTime(parameters, options);

  const key = await options.key(parameters.keyId);
  if (key === undefined || key === null)
    throw new SignatureError('unknown-key', 'The key of the signature is unknown.');
  if (typeof key.verify !== 'function') throw wrongType('key', 'a function that returns a public key', key);
  if (parameters.algorithm !== undefined && parameters.algorithm !== key.algorithm) {
    throw new SignatureError('invalid', 'The algorithm of the signature is not the one of its key.');
  }
  const base = utf8(signatureBase(message, covered, serialized));
  if ((await key.verify(base, signature)) !== true) {
    throw new SignatureError('invalid', 'The signature does not match this request and its key.');
  }
  return parameters;
}

/**
 * Uses up the nonce of a request. Only requests signed by a known key are remembered, or anyone could use up the nonces of
 * others; and before the body is read, or one signature would be enough for any number of unfinished bodies.
 */
async function rememberRequest({ expires, keyId, nonce }: Parameters, options: VerifyOptions): Promise<void> {
  const until = (expires + toleranceOf(options)) * 1000;
  const isNew: unknown = await options.replayCache.remember(JSON.stringify([keyId, nonce]), until);
  if (typeof isNew !== 'boolean') throw wrongType('replayCache.remember', 'a method that returns a boolean', isNew);
  if (!isNew) throw new SignatureError('replayed', 'The request was received before.');
}

const toleranceOf = ({ clockToleranceSeconds = TOLERANCE_SECONDS }: VerifyOptions): number => clockToleranceSeconds;

function checkVerifyOptions(options: unknown): asserts options is VerifyOptions {
  if (!isRecord(options)) throw wrongType('options', 'an object with authority, key and replayCache', options);
  checkOptions(options, OPTIONS);
  const { authority, key, replayCache, components, label } = options;
  checkExpectedAuthority(authority);
  if (typeof key !== 'function') throw wrongType('key', 'a function that returns a public key', key);
  if (!isRecord(replayCache) || typeof replayCache['remember'] !== 'function') {
    throw new InvalidArgumentError('replayCache', 'must have a method remember. Pass a MemoryReplayCache.');
  }
  const since = replayCache['since'];
  if (typeof since !== 'number' || Number.isNaN(since)) {
    throw new InvalidArgumentError(
      'replayCache.since',
      `must be a number, not ${describeType(since)}. Set it to the time in milliseconds at which the cache began, or to 0 if it outlives the process.`,
    );
  }
  for (const name of ['clockToleranceSeconds', 'maxLifetimeSeconds', 'maxBodyBytes', 'bodyTimeoutMs', 'now'] as const) {
    checkNumber(options[name], name);
  }
  if (
    components !== undefined &&
    !(Array.isArray(components) && components.every((name) => typeof name === 'string'))
  ) {
    throw new InvalidArgumentError('components', 'must be an array of strings.');
  }
  if (label !== undefined && typeof label !== 'string') throw wrongType('label', 'a string', label);
}

function checkExpectedAuthority(authority: unknown): void {
  if (typeof authority === 'function') return;
  const names: readonly unknown[] = Array.isArray(authority) ? authority : [authority];
  for (const name of names) {
    if (typeof name === 'string' && normalAuthority(name, undefined) !== undefined) continue;
    throw wrongType('authority', 'the host of this gateway, such as "gateway.example.org:8443" in ASCII', name);
  }
  if (names.length === 0) throw new InvalidArgumentError('authority', 'is empty. Pass the host of this gateway.');
}

async function checkAuthority({ authority, scheme }: Message, options: VerifyOptions): Promise<void> {
  const expected = options.authority;
  let isOwn: unknown;
  if (typeof expected === 'function') {
    isOwn = await expected(authority);
    if (typeof isOwn !== 'boolean') throw wrongType('authority', 'a function that returns a boolean', isOwn);
  } else {
    const names = typeof expected === 'string' ? [expected] : expected;
    isOwn = names.some((name) => normalAuthority(name, scheme) === authority);
  }
  if (isOwn !== true) {
    throw new SignatureError(
      'authority',
      `The request is for ${JSON.stringify(authority)}, which is not this gateway.`,
    );
  }
}

interface Parsed {
  readonly covered: InnerList;
  /** The serialized form of `covered`. */
  readonly serialized: string;
  readonly signature: Uint8Array;
}

async function parse({ headers }: Message, label: string | undefined): Promise<Parsed> {
  const [input, signatures] = [headers.get('signature-input'), headers.get('signature')];
  if (input === undefined || signatures === undefined) {
    throw new SignatureError('missing', 'The request is not signed (RFC 9421).');
  }
  const unreadable = new SignatureError('malformed', 'The headers Signature and Signature-Input cannot be read.');
  try {
    const described = parseDictionary(input);
    if (label === undefined && described.size !== 1) {
      throw new SignatureError(
        'malformed',
        'The request has several signatures. Set the option label to the one to verify.',
      );
    }
    const name = label ?? [...described.keys()][0] ?? '';
    const [covered, signature] = [described.get(name), parseDictionary(signatures).get(name)?.[0]];
    if (!isInnerList(covered) || !(signature instanceof ArrayBuffer)) throw unreadable;
    return { covered, serialized: serializeInnerList(covered), signature: new Uint8Array(signature) };
  } catch (error) {
    throw error instanceof SignatureError ? error : unreadable;
  }
}

const isInnerList = (member: readonly [unknown, unknown] | undefined): member is InnerList =>
  Array.isArray(member?.[0]);

interface Parameters {
  readonly created: number;
  readonly expires: number;
  readonly nonce: string;
  readonly keyId: string;
  readonly algorithm: string | undefined;
}

function parametersOf([, parameters]: InnerList): Parameters {
  const value = (name: string): unknown => parameters.get(name);
  const [created, expires, nonce, keyId, algorithm] = ['created', 'expires', 'nonce', 'keyid', 'alg'].map(value);
  if (!isTime(created) || !isTime(expires) || typeof nonce !== 'string' || typeof keyId !== 'string') {
    throw new SignatureError('incomplete', 'The signature lacks created, expires, nonce or keyid.');
  }
  if (algorithm !== undefined && typeof algorithm !== 'string') {
    throw new SignatureError('malformed', 'The algorithm of the signature must be a string.');
  }
  return { created, expires, nonce, keyId, algorithm };
}

const isTime = (value: unknown): value is number => typeof value === 'number' && Number.isInteger(value);

function checkTime({ created, expires }: Parameters, options: VerifyOptions): void {
  const { maxLifetimeSeconds = LIFETIME_SECONDS, replayCache } = options;
  const clockToleranceSeconds = toleranceOf(options);
  const now = (options.now ?? Date.now()) / 1000;
  if (created > now + clockToleranceSeconds) {
    throw new SignatureError('premature', 'The signature was created in the future. Compare the two clocks.');
  }
  if (expires < created || expires - created > maxLifetimeSeconds) {
    throw new SignatureError('expired', `A signature may be valid for ${maxLifetimeSeconds} seconds at most.`);
  }
  if (expires < now - clockToleranceSeconds) throw new SignatureError('expired', 'The signature has expired.');
  // A client whose clock is ahead may have sent it before the cache began.
  if (created * 1000 < replayCache.since + clockToleranceSeconds * 1000) {
    throw new SignatureError(
      'predates-cache',
      `The request was signed before this gateway began, or less than ${clockToleranceSeconds} seconds after. Sign it again.`,
    );
  }
}

async function checkDigest({ headers }: Message, body: Uint8Array): Promise<void> {
  const digest = headers.get('content-digest');
  if (digest === undefined) return; // then it was not required either
  if (!(await digestMatches(digest, body).catch(() => false))) {
    throw new SignatureError('digest', 'The body is not the one that was signed.');
  }
}
