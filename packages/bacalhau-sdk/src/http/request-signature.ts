import { ConfigurationError } from '../errors/index.js';
import type { Signer } from '../keys/index.js';
import { loadSigning } from '../signatures/index.js';
import { utf8 } from '../util/index.js';
import type { Headers } from './headers.js';

/** A request as axios has it, before it is signed. */
export interface UnsignedRequest {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: Headers;
  readonly body: unknown;
}

/**
 * Returns the headers that sign a request.
 *
 * @throws {ConfigurationError} if its body is not a string.
 */
export async function signatureHeaders(
  { method = 'get', url = '', headers, body }: UnsignedRequest,
  signer: Signer,
): Promise<Headers> {
  if (body !== undefined && body !== null && typeof body !== 'string') {
    throw new ConfigurationError(
      'Only requests with a string as their body can be signed. Leave out the option signer.',
    );
  }
  const { signRequest } = await loadSigning();
  return signRequest({ method: method.toUpperCase(), url, headers, body: utf8(body ?? '') }, signer);
}
