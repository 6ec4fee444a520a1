import type { AuthMethod as OfferedMethod } from 'bacalhau-apiclient';
import { LoginError } from '../../errors/index.js';
import type { RsaIdentity } from '../../keys/index.js';
import { base64, fromBase64 } from '../../util/index.js';
import type { AuthMethod, LoginContext } from '../method.js';
import type { ChallengeOptions } from '../options.js';
import { offered } from './offered.js';
import { storedToken } from './stored-token.js';
import type { TokenStore } from './token-store.js';

/** Logs in by key: the server sends a phrase, and the client signs it. */
export const challenge = (
  options: ChallengeOptions,
  store: TokenStore,
  ownKey: () => Promise<RsaIdentity>,
): AuthMethod =>
  storedToken({
    kind: 'challenge',
    store,
    file: 'tokens.json',
    obtain: (context) => answerChallenge(options, context, ownKey),
  });

export async function answerChallenge(
  options: ChallengeOptions,
  context: LoginContext,
  ownKey: () => Promise<RsaIdentity>,
): Promise<string> {
  const { name, params } = await offered(context, 'challenge', options.method);
  const phrase = phraseOf(params);
  const key = options.key ?? (await ownKey());
  return context.authenticate(name, {
    PhraseSignature: base64(await key.sign(phrase)),
    PublicKey: base64(key.exportPublicKeyDer()),
  });
}

/**
 * Reads the phrase, which is the server's node id. Whoever chooses a phrase gets a signature of it, so one that could be
 * something else that this key signs (a request, a job of the legacy API) is refused.
 */
function phraseOf(params: OfferedMethod['params']): Uint8Array {
  const { InputPhrase: text } = params;
  const phrase = typeof text === 'string' ? fromBase64(text) : undefined;
  if (phrase === undefined || phrase.length === 0 || phrase.length > 256 || phrase.some(isSuspicious)) {
    throw new LoginError(
      'The server asked for a signature of something other than its node id, so none was sent. Check that the address is that of a Bacalhau orchestrator.',
    );
  }
  return phrase;
}

/** Matches control characters, quotation marks, and the braces of JSON. */
const isSuspicious = (byte: number): boolean => byte < 0x20 || byte === 0x22 || byte === 0x7b || byte === 0x7d;
