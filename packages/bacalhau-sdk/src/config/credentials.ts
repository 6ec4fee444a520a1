import { ConfigurationError } from '../errors/index.js';
import { type EnvironmentVariables, variable } from '../platform/index.js';
import { Secret } from '../redaction/index.js';

/** The credentials that the environment or a profile contains. */
export type Credentials = { readonly source: 'environment' | 'profile' } & (
  | { readonly kind: 'apiKey'; readonly apiKey: Secret }
  | { readonly kind: 'basic'; readonly username: string; readonly password: Secret }
  | { readonly kind: 'token'; readonly token: Secret }
);

/**
 * Reads `BACALHAU_API_KEY`, or `BACALHAU_API_USERNAME` with `BACALHAU_API_PASSWORD`, by the rules of the Bacalhau command line.
 *
 * @throws {ConfigurationError} for half a pair, and for both methods at once.
 */
export function environmentCredentials(env: EnvironmentVariables): Credentials | undefined {
  const apiKey = variable(env, 'BACALHAU_API_KEY');
  const username = variable(env, 'BACALHAU_API_USERNAME');
  const password = variable(env, 'BACALHAU_API_PASSWORD');
  if (apiKey !== undefined && (username ?? password) !== undefined) {
    throw new ConfigurationError(
      'BACALHAU_API_KEY and BACALHAU_API_USERNAME or BACALHAU_API_PASSWORD are both set. Unset one of the two methods.',
    );
  }
  if (apiKey !== undefined) return { kind: 'apiKey', source: 'environment', apiKey: new Secret(apiKey) };
  if (username === undefined && password === undefined) return undefined;
  if (username === undefined || password === undefined) {
    const [there, missing] = username === undefined ? ['PASSWORD', 'USERNAME'] : ['USERNAME', 'PASSWORD'];
    throw new ConfigurationError(
      `BACALHAU_API_${there} is set, but not BACALHAU_API_${missing}. Set both, or neither of them.`,
    );
  }
  return { kind: 'basic', source: 'environment', username, password: new Secret(password) };
}
