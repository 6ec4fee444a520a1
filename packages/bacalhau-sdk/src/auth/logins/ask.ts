import { LoginError } from '../../errors/index.js';
import { isRecord, stringEntries } from '../../util/index.js';
import type { AuthMethod } from '../method.js';
import type { LoginQuestion, PromptCallback } from '../options.js';
import { offered } from './offered.js';
import { storedToken } from './stored-token.js';
import type { TokenStore } from './token-store.js';

/** Logs in with what the server asks for, answered by a callback. */
export const ask = (callback: PromptCallback, method: string | undefined, store: TokenStore): AuthMethod =>
  storedToken({
    kind: 'ask',
    store,
    file: 'tokens.json',
    async obtain(context) {
      const { name, params } = await offered(context, 'ask', method);
      return context.authenticate(name, check(await answers(callback, { method: name, schema: params }), params));
    },
  });

async function answers(callback: PromptCallback, question: LoginQuestion): Promise<Readonly<Record<string, string>>> {
  try {
    return await callback(question);
  } catch (error) {
    throw new LoginError('The callback auth.ask failed; see the cause.', { cause: error });
  }
}

/** Checks the answer of a callback: servers respond with 500 to a value that is not a string. */
function check(given: unknown, schema: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
  const answer = isRecord(given) ? stringEntries(given) : {};
  const required = Array.isArray(schema['required']) ? schema['required'] : [];
  const missing = required.filter((name) => typeof name !== 'string' || answer[name] === undefined);
  if (missing.length > 0) {
    throw new LoginError(`The callback auth.ask must return a string for ${missing.join(', ')}.`);
  }
  return answer;
}
