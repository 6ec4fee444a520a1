import type { PromptCallback } from './ask.js';
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
  /** The key, sent as a bearer token; or a function that reads it, asked again when the server refuses the last one. */
  readonly apiKey: TokenSource;
}

/** User name and password of a server with users. */
export interface BasicAuth {
  /** The name, as in the server's `API.Auth.Users`. */
  readonly username: string;
  /** The password; it is sent with every request, so use TLS. */
  readonly password: string;
}

/** A bearer token from elsewhere. */
export interface TokenAuth {
  /** The token; or a function that reads it, asked again when the server refuses the last one. */
  readonly token: TokenSource;
}

/** A login with an RSA key. `true` takes the key of `user_id.pem`. */
export interface ChallengeAuth {
  /** The key that answers, or `true` for that of `user_id.pem`, which is made if it is missing. */
  readonly challenge: true | ChallengeOptions;
}

/** A login with what the server asks for. */
export interface AskAuth {
  /** Answers the question of the server. */
  readonly ask: PromptCallback;
  /** The name of the login among those that the server offers. Default: the first one that asks. */
  readonly method?: string | undefined;
}

/** Single sign-on. */
export interface DeviceAuth {
  /** Shows a person where to log in, and the code to enter there. */
  readonly device: ShowDevicePrompt;
}
