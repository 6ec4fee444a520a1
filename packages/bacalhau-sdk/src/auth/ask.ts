import { LoginError } from '../errors/index.js';
import { isRecord, stringEntries } from '../util/index.js';
import type { AuthMethod } from './method.js';
import { offered } from './offered.js';
import { storedToken } from './stored-token.js';
import type { TokenStore } from './token-store.js';

/** What a server wants to know before it gives a token. */
export interface LoginQuestion {
  /** The login's name on the server. */
  readonly method: string;
  /**
   * A JSON Schema of the answer, an object of texts: `required` lists what is asked for, and `writeOnly: true` marks
   * what should not be shown while it is typed.
   */
  readonly schema: Readonly<Record<string, unknown>>;
}

/** Gives the answers by the names that the schema asks for. */
export type PromptCallback = (
  question: LoginQuestion,
) => Readonly<Record<string, string>> | Promise<Readonly<Record<string, string>>>;

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
    throw new LoginError('The callback auth.ask gave no answer; see the cause.', { cause: error });
  }
}

/** Servers answer 500 to a value that is no text. */
function check(given: unknown, schema: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
  const answer = isRecord(given) ? stringEntries(given) : {};
  const required = Array.isArray(schema['required']) ? schema['required'] : [];
  const missing = required.filter((name) => typeof name !== 'string' || answer[name] === undefined);
  if (missing.length > 0) {
    throw new LoginError(`The callback auth.ask gave no text for ${missing.join(', ')}.`);
  }
  return answer;
}
