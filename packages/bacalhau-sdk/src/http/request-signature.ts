import { ConfigurationError } from '../errors/index.js';
import type { Signer } from '../keys/index.js';
import { signing } from '../signatures/index.js';
import { utf8 } from '../util/index.js';
import type { Headers } from './headers.js';

/** A request as axios has it, ready to be sent. */
export interface Unsigned {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: Headers;
  readonly body: unknown;
}

/** The headers that sign a request. */
export async function signatureHeaders(
  { method = 'get', url = '', headers, body }: Unsigned,
  signer: Signer,
): Promise<Headers> {
  if (body !== undefined && body !== null && typeof body !== 'string') {
    throw new ConfigurationError('Only requests with a text for a body can be signed.');
  }
  const { signRequest } = await signing();
  return signRequest({ method: method.toUpperCase(), url, headers, body: utf8(body ?? '') }, signer);
}
