import type { AuthMethod as OfferedMethod } from 'bacalhau-apiclient';
import { LoginError } from '../../errors/index.js';
import type { LoginContext } from '../method.js';

/** The code of a `LoginError`: the server offers no such login. */
export const NOT_OFFERED = 'not_offered';

/**
 * Finds a login among those that the server offers. Servers list the names of their configuration in lower case
 * (`ClientKey` becomes `clientkey`), and accept only that.
 *
 * @throws {LoginError} if there is none.
 */
export async function offered(
  context: LoginContext,
  type: OfferedMethod['type'],
  wanted: string | undefined,
): Promise<{ readonly name: string; readonly params: OfferedMethod['params'] }> {
  const methods = Object.entries(await context.offeredMethods());
  const found = methods.find(
    ([name, method]) => method.type === type && (wanted === undefined || name === wanted.toLowerCase()),
  );
  if (found !== undefined) return { name: found[0], params: found[1].params };
  const list = methods.map(([name, method]) => `${name} (${method.type})`).join(', ');
  const message =
    methods.length === 0
      ? 'This server offers no login of its own. It has users or single sign-on. Set BACALHAU_API_KEY, or the option auth to { apiKey }, { username, password } or { device }.'
      : `This server offers no login of type ${type}${wanted === undefined ? '' : ` named ${JSON.stringify(wanted)}`}. It offers ${list}.`;
  throw new LoginError(message, { code: NOT_OFFERED });
}
