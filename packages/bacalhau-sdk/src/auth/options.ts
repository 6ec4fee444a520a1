import type { RsaIdentity } from '../keys/index.js';

/**
 * How a client authenticates: exactly one of these.
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

/** A token, or a function that returns one: called once, and again when the server refuses the last one. */
export type TokenSource = string | (() => string | Promise<string>);

/** An API key of a server with users. */
export interface ApiKeyAuth {
  /** The key, sent as a bearer token; or a function that returns it, called again when the server refuses the last one. */
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
  /** The token; or a function that returns it, called again when the server refuses the last one. */
  readonly token: TokenSource;
}

/** A login with an RSA key. */
export interface ChallengeAuth {
  /** The key that answers, or `true` for that of `user_id.pem`, which is created if it is missing. */
  readonly challenge: true | ChallengeOptions;
}

/** A login by key: the server sends a phrase, and the client signs it. */
export interface ChallengeOptions {
  /** The key. Default: that of `user_id.pem`. */
  readonly key?: RsaIdentity | undefined;
  /** The name of the login among those that the server offers. Default: the first one that is a challenge. */
  readonly method?: string | undefined;
}

/** A login with answers to what the server asks for. */
export interface AskAuth {
  /** Answers the server's question. */
  readonly ask: PromptCallback;
  /** The name of the login among those that the server offers. Default: the first one that asks. */
  readonly method?: string | undefined;
}

/** What a server asks for before it issues a token. */
export interface LoginQuestion {
  /** The login's name on the server. */
  readonly method: string;
  /**
   * A JSON Schema of the answer, an object of strings: `required` lists what is asked for, and `writeOnly: true` marks
   * what should not be shown while it is typed.
   */
  readonly schema: Readonly<Record<string, unknown>>;
}

/** Returns the answers by the names that the schema asks for. */
export type PromptCallback = (
  question: LoginQuestion,
) => Readonly<Record<string, string>> | Promise<Readonly<Record<string, string>>>;

/** Single sign-on. */
export interface DeviceAuth {
  /** Shows a person where to log in, and the code to enter there. */
  readonly device: ShowDevicePrompt;
}

/** What a person has to see to log in, on any device with a browser. */
export interface DevicePrompt {
  /** The provider's name, for example `Acme SSO`. */
  readonly provider: string;
  /** Where to go. */
  readonly verificationUri: string;
  /** What to enter there. */
  readonly userCode: string;
  /** The same with the code in it, if the provider has such a link. */
  readonly verificationUriComplete: string | undefined;
  /** When the code expires. */
  readonly expiresAt: Date;
}

/** Shows a prompt. The login continues meanwhile: it waits for the provider, not for this function. */
export type ShowDevicePrompt = (prompt: DevicePrompt) => void | Promise<void>;
