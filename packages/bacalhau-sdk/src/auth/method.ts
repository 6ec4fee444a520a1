import type { OAuth2Config, AuthMethod as OfferedMethod } from 'bacalhau-apiclient';
import type { Secret } from '../redaction/index.js';

/** What a login may ask the network for. Nothing of it carries credentials. */
export interface LoginContext {
  /** Lists the logins that the orchestrator offers, by name. */
  offeredMethods(): Promise<Readonly<Record<string, OfferedMethod>>>;
  /** Submits the answer to one of them, as the text of a JSON object; resolves to a token. */
  authenticate(name: string, answer: object): Promise<string>;
  /** Returns the provider of single sign-on whose tokens the orchestrator accepts. */
  singleSignOn(): Promise<OAuth2Config>;
  /** Sends a request to a provider, through the client's proxy and with its certificate authorities. */
  fetch(url: string, init: FetchInit): Promise<Response>;
  /** Aborted when the client is closed. */
  readonly signal: AbortSignal;
}

/** Opens what logins may ask the network for; clients that never log in do without it. */
export type OpenLoginContext = () => Promise<LoginContext>;

export interface FetchInit {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

/** How a client authenticates; `none` if it does not. */
export type AuthKind = 'none' | 'api-key' | 'basic' | 'token' | 'challenge' | 'ask' | 'device' | 'automatic';

/** One way to authenticate. The transport asks it for every request, and reports refusals to it. */
export interface AuthMethod {
  readonly kind: AuthKind;
  /** Returns the `Authorization` header; undefined to send none. May log in first. */
  authorization(open: OpenLoginContext): Promise<Secret | undefined>;
  /**
   * Handles a refusal: the server answered 401 to what `authorization` returned, or 403 to a request without.
   *
   * @returns whether another attempt makes sense, because `authorization` now returns something else.
   */
  renew(refused: Secret | undefined, open: OpenLoginContext): Promise<boolean>;
  /** Logs in now, whatever tokens are stored. Does nothing where there is no login. */
  login(open: OpenLoginContext): Promise<void>;
}
