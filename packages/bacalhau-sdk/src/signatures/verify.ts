import type { InnerList } from 'structured-headers';
import type { PublicKey } from '../keys/index.js';
import { utf8 } from '../util/index.js';
import { COVERED, signatureBase } from './base.js';
import { digestMatches } from './digest.js';
import { SignatureError } from './errors.js';
import { type Message, messageOf, type RequestParts } from './message.js';
import type { ReplayCache } from './replay-cache.js';

/** A request that came in. */
export interface SignedRequest extends RequestParts {
  /** All of the body; leave it out for none. */
  readonly body?: Uint8Array | string | undefined;
}

/** What a signature has to be. */
export interface VerifyOptions {
  /** Finds a known key by its id; undefined for a stranger's. */
  readonly key: (keyId: string) => PublicKey | undefined | Promise<PublicKey | undefined>;
  /** Remembers what was seen, so that nothing is let through twice. Use the same one for all requests. */
  readonly replayCache: ReplayCache;
  /** How far the two clocks may be apart, in seconds. Default: 30. */
  readonly clockToleranceSeconds?: number | undefined;
  /** The longest time between `created` and `expires`, in seconds. Default: 300. */
  readonly maxLifetimeSeconds?: number | undefined;
  /** What has to be signed at least. Default: method, authority, path, query and the digest of the body. */
  readonly components?: readonly string[] | undefined;
  /** Which signature is meant, if the request has several. */
  readonly label?: string | undefined;
  /** The time, in milliseconds since 1970. Default: now. */
  readonly now?: number | undefined;
}

/** Who sent a request, and when. */
export interface VerifiedRequest {
  /** The id of the key that signed it. */
  readonly keyId: string;
  /** When it was signed. */
  readonly created: Date;
  /** Until when it is valid. */
  readonly expires: Date;
  /** What makes it the only one of its kind. */
  readonly nonce: string;
}

export async function verifyRequest(request: SignedRequest, options: VerifyOptions): Promise<VerifiedRequest> {
  const message = messageOf(request);
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
  if (key === undefined) throw new SignatureError('unknown-key', 'Nobody known has the key of the signature.');
  if (parameters.algorithm !== undefined && parameters.algorithm !== key.algorithm) {
    throw new SignatureError('invalid', 'The signature is of another algorithm than its key.');
  }
  const base = utf8(signatureBase(message, covered, serialized));
  if (!(await key.verify(base, signature))) {
    throw new SignatureError('invalid', 'The signature does not belong to this request and its key.');
  }
  await checkBody(message, request.body);
  // Last, or strangers could use up nonces of others.
  const until = (parameters.expires + (options.clockToleranceSeconds ?? TOLERANCE_SECONDS)) * 1000;
  if (!(await options.replayCache.remember(JSON.stringify([parameters.keyId, parameters.nonce]), until))) {
    throw new SignatureError('replayed', 'The request was sent before.');
  }
  return {
    keyId: parameters.keyId,
    nonce: parameters.nonce,
    created: new Date(parameters.created * 1000),
    expires: new Date(parameters.expires * 1000),
  };
}

const TOLERANCE_SECONDS = 30;
const LIFETIME_SECONDS = 300;

interface Parsed {
  readonly covered: InnerList;
  /** `covered` as it goes into what is signed. */
  readonly serialized: string;
  readonly signature: Uint8Array;
}

async function parse({ headers }: Message, label: string | undefined): Promise<Parsed> {
  const { parseDictionary, serializeInnerList } = await import('structured-headers');
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
        'The request has several signatures, and it was not said which one counts.',
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
    throw new SignatureError('malformed', 'The algorithm of the signature is no text.');
  }
  return { created, expires, nonce, keyId, algorithm };
}

const isTime = (value: unknown): value is number => typeof value === 'number' && Number.isInteger(value);

function checkTime({ created, expires }: Parameters, options: VerifyOptions): void {
  const { clockToleranceSeconds = TOLERANCE_SECONDS, maxLifetimeSeconds = LIFETIME_SECONDS } = options;
  const now = (options.now ?? Date.now()) / 1000;
  if (created > now + clockToleranceSeconds) {
    throw new SignatureError('premature', 'The signature is from the future. Compare the two clocks.');
  }
  if (expires < created || expires - created > maxLifetimeSeconds) {
    throw new SignatureError('expired', `A signature may be valid for ${maxLifetimeSeconds} seconds at most.`);
  }
  if (expires < now - clockToleranceSeconds) throw new SignatureError('expired', 'The signature has expired.');
}

async function checkBody({ headers }: Message, body: Uint8Array | string | undefined): Promise<void> {
  const digest = headers.get('content-digest');
  if (digest === undefined) return; // then it was not demanded either
  const bytes = typeof body === 'string' ? utf8(body) : (body ?? new Uint8Array());
  if (!(await digestMatches(digest, bytes).catch(() => false))) {
    throw new SignatureError('digest', 'The body is not the one that was signed.');
  }
}
