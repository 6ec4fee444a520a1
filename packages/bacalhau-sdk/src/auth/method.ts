import type { OAuth2Config, AuthMethod as OfferedMethod } from 'bacalhau-apiclient';
import type { Secret } from '../redaction/index.js';

/** What a login may ask the network for. Nothing of it carries credentials. */
export interface LoginContext {
  /** The logins that the orchestrator offers, by name. */
  offeredMethods(): Promise<Readonly<Record<string, OfferedMethod>>>;
  /** Hands in the answer to one of them, as the text of a JSON object; gives a token. */
  authenticate(name: string, answer: object): Promise<string>;
  /** The provider of single sign-on that the orchestrator accepts tokens of. */
  singleSignOn(): Promise<OAuth2Config>;
  /** A request to a provider, over the client's proxy and with its authorities. */
  fetch(url: string, init: FetchInit): Promise<Response>;
  /** Aborted when the client is closed. */
  readonly signal: AbortSignal;
}

export interface FetchInit {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

/** Gives what a login needs. Its code is loaded then: many programs never log in. */
export type LoginAccess = () => Promise<LoginContext>;

/** By what a client says who it is; `none` if it does not. */
export type AuthKind = 'none' | 'api-key' | 'basic' | 'token' | 'challenge' | 'ask' | 'device' | 'automatic';

/** One way to say who is calling. The transport asks it for every request, and tells it of refusals. */
export interface AuthMethod {
  readonly kind: AuthKind;
  /** The `Authorization` header; undefined to send none. May log in first. */
  authorization(access: LoginAccess): Promise<Secret | undefined>;
  /**
   * The server answered 401 to what `authorization` gave, or 403 to a request without.
   *
   * @returns whether another try makes sense, because `authorization` now gives something else.
   */
  renew(refused: Secret | undefined, access: LoginAccess): Promise<boolean>;
  /** Logs in now, whatever tokens there are. Does nothing where there is no login. */
  login(access: LoginAccess): Promise<void>;
}
