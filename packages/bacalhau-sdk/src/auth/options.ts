import type { Ask } from './ask.js';
import type { TokenSource } from './bearer.js';
import type { ChallengeOptions } from './challenge.js';
import type { ShowDevicePrompt } from './device.js';

/**
 * How a client says who it is: exactly one of these.
 *
 * @example
 * ```ts
 * new Bacalhau({ auth: { apiKey: process.env.CI_KEY } });
 * new Bacalhau({ auth: { username: 'ada', password } });
 * new Bacalhau({ auth: { token: () => vault.read('bacalhau-token') } });
 * new Bacalhau({ auth: { challenge: true } });
 * new Bacalhau({ auth: { ask: ({ schema }) => ({ username: 'ada', password }) } });
 * new Bacalhau({ auth: { device: ({ verificationUri, userCode }) => console.log(verificationUri, userCode) } });
 * ```
 */
export type AuthOptions = false | ApiKeyAuth | BasicAuth | TokenAuth | ChallengeAuth | AskAuth | DeviceAuth;

/** An API key of a server with users. */
export interface ApiKeyAuth {
  readonly apiKey: TokenSource;
}

/** User name and password of a server with users. */
export interface BasicAuth {
  readonly username: string;
  readonly password: string;
}

/** A bearer token from elsewhere. */
export interface TokenAuth {
  readonly token: TokenSource;
}

/** A login with an RSA key. `true` takes the key of `user_id.pem`. */
export interface ChallengeAuth {
  readonly challenge: true | ChallengeOptions;
}

/** A login with what the server asks for. */
export interface AskAuth {
  readonly ask: Ask;
  /** The name of the login among those that the server offers. Default: the first one that asks. */
  readonly method?: string | undefined;
}

/** Single sign-on. */
export interface DeviceAuth {
  readonly device: ShowDevicePrompt;
}
