import { type InnerList, parseDictionary, serializeInnerList } from 'structured-headers';
import { checkOptions, type OptionNames } from '../arguments/index.js';
import { InvalidArgumentError } from '../errors/index.js';
import type { PublicKey } from '../keys/index.js';
import { utf8 } from '../util/index.js';
import { COVERED, signatureBase } from './base.js';
import { digestMatches } from './digest.js';
import { SignatureError } from './errors.js';
import { type Message, type RequestParts, toMessage } from './message.js';
import type { ReplayCache } from './replay-cache.js';

/** A request that was received. */
export interface SignedRequest extends RequestParts {
  /** The whole body; leave it out for none. */
  readonly body?: Uint8Array | string | undefined;
}

/** How a signature is verified. */
export interface VerifyOptions {
  /** Returns a known key by its id; undefined for an unknown one. */
  readonly key: (keyId: string) => PublicKey | undefined | Promise<PublicKey | undefined>;
  /** Remembers requests, so that none is accepted twice. Use the same one for all requests. */
  readonly replayCache: ReplayCache;
  /** How much the two clocks may differ, in seconds. Default: 30. */
  readonly clockToleranceSeconds?: number | undefined;
  /** The longest time between `created` and `expires`, in seconds. Default: 300. */
  readonly maxLifetimeSeconds?: number | undefined;
  /** The components that must be signed. Default: method, authority, path, query and the digest of the body. */
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
}

const OPTIONS: OptionNames<VerifyOptions> = {
  key: true,
  replayCache: true,
  clockToleranceSeconds: true,
  maxLifetimeSeconds: true,
  components: true,
  label: true,
  now: true,
};

/**
 * Verifies the signature of a request (RFC 9421): that a known key made it, that nothing that it covers was altered, that
 * the body is the one that was signed, that it has not expired, and that the request was not received before.
 *
 * @example
 * ```ts
 * const replayCache = new MemoryReplayCache();
 * const keys = new Map([[keyId, await importPublicKey(pem)]]);
 * const { keyId } = await verifyRequest(
 *   { method: request.method, url: request.url, headers: request.headers, body },
 *   { key: (id) => keys.get(id), replayCache },
 * );
 * ```
 * @throws {SignatureError} with the reason in `problem`.
 * @throws {InvalidArgumentError} if an option is unknown or of the wrong type.
 */
export async function verifyRequest(request: SignedRequest, options: VerifyOptions): Promise<VerifiedRequest> {
  checkVerifyOptions(options);
  const message = toMessage(request);
  if (message === undefined) throw new SignatureError('malformed', 'The request has no valid host and path.');
  const { covered, serialized, signature } = await parse(message, options.label);
  const parameters = parametersOf(covered);
  const names = covered[0].map(([name]) => name);
  const missing = (options.components ?? COVERED).filter((name) => !names.includes(name));
  if (missing.length > 0) {
    throw new SignatureError('incomplete', `The signature does not cover ${missing.join(', ')}.`);
  }
  checkTime(parameters, options);

  const key = await options.key(parameters.keyId);
  if (key === undefined) throw new SignatureError('unknown-key', 'The key of the signature is unknown.');
  if (parameters.algorithm !== undefined && parameters.algorithm !== key.algorithm) {
    throw new SignatureError('invalid', 'The algorithm of the signature is not the one of its key.');
  }
  const base = utf8(signatureBase(message, covered, serialized));
  if (!(await key.verify(base, signature))) {
    throw new SignatureError('invalid', 'The signature does not match this request and its key.');
  }
  await checkBody(message, request.body);
  // Last, or anyone could use up the nonces of others.
  const until = (parameters.expires + (options.clockToleranceSeconds ?? TOLERANCE_SECONDS)) * 1000;
  if (!(await options.replayCache.remember(JSON.stringify([parameters.keyId, parameters.nonce]), until))) {
    throw new SignatureError('replayed', 'The request was received before.');
  }
  return {
    keyId: parameters.keyId,
    nonce: parameters.nonce,
    created: new Date(parameters.created * 1000),
    expires: new Date(parameters.expires * 1000),
  };
}

function checkVerifyOptions(options: VerifyOptions): void {
  if (options === undefined) throw new InvalidArgumentError('options', 'must be an object with key and replayCache.');
  checkOptions(options, OPTIONS);
  const { key, replayCache, clockToleranceSeconds, maxLifetimeSeconds, components, now } = options;
  if (typeof key !== 'function') throw new InvalidArgumentError('key', 'must be a function that returns a public key.');
  if (typeof replayCache?.remember !== 'function') {
    throw new InvalidArgumentError('replayCache', 'must have a method remember. Pass a MemoryReplayCache.');
  }
  for (const [name, value] of Object.entries({ clockToleranceSeconds, maxLifetimeSeconds, now })) {
    if (value === undefined || (Number.isFinite(value) && value >= 0)) continue;
    throw new InvalidArgumentError(name, `is ${value}. Pass a number from 0 up.`);
  }
  if (
    components !== undefined &&
    !(Array.isArray(components) && components.every((name) => typeof name === 'string'))
  ) {
    throw new InvalidArgumentError('components', 'must be an array of strings.');
  }
}

const TOLERANCE_SECONDS = 30;
const LIFETIME_SECONDS = 300;

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
  const { clockToleranceSeconds = TOLERANCE_SECONDS, maxLifetimeSeconds = LIFETIME_SECONDS } = options;
  const now = (options.now ?? Date.now()) / 1000;
  if (created > now + clockToleranceSeconds) {
    throw new SignatureError('premature', 'The signature was created in the future. Compare the two clocks.');
  }
  if (expires < created || expires - created > maxLifetimeSeconds) {
    throw new SignatureError('expired', `A signature may be valid for ${maxLifetimeSeconds} seconds at most.`);
  }
  if (expires < now - clockToleranceSeconds) throw new SignatureError('expired', 'The signature has expired.');
}

async function checkBody({ headers }: Message, body: Uint8Array | string | undefined): Promise<void> {
  const digest = headers.get('content-digest');
  if (digest === undefined) return; // then it was not required either
  const bytes = typeof body === 'string' ? utf8(body) : (body ?? new Uint8Array());
  if (!(await digestMatches(digest, bytes).catch(() => false))) {
    throw new SignatureError('digest', 'The body is not the one that was signed.');
  }
}
