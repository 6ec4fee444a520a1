import type { OpenLoginContext } from '../auth/index.js';
import { Secrets } from '../redaction/index.js';
import { CallCredentials } from './call-credentials.js';
import { checkHeaders, type Headers, hasAuthorization } from './headers.js';
import type { Hooks } from './hooks.js';
import { signatureHeaders, type UnsignedRequest } from './request-signature.js';
import type { ResolvedSession, Session } from './session.js';

export interface ClientRequestsParts {
  readonly session: Session;
  /** Sent with every request. */
  readonly headers: Headers;
  readonly hooks: Hooks;
  readonly openLogin: (session: ResolvedSession) => OpenLoginContext;
}

/** What all requests to the server have in common: address, headers, credentials, signature and hooks. */
export class ClientRequests {
  readonly hooks: Hooks;
  readonly #parts: ClientRequestsParts;

  constructor(parts: ClientRequestsParts) {
    this.hooks = parts.hooks;
    this.#parts = parts;
  }

  get secrets(): Secrets {
    return this.#parts.session.secrets;
  }

  /** Returns the client's secrets and those in the headers of a call. */
  secretsOf(callHeaders: Headers | undefined): Secrets {
    if (callHeaders === undefined) return this.secrets;
    const secrets = new Secrets(this.secrets);
    secrets.addHeaders(callHeaders);
    return secrets;
  }

  /** The address that options and environment name; files may name another one. */
  get baseUrl(): string {
    return this.#parts.session.config.baseUrl;
  }

  /** Reads the files, once. */
  session(): Promise<ResolvedSession> {
    return this.#parts.session.resolve();
  }

  /** Creates the key file if it is missing. */
  ensureKeyFile(): Promise<void> {
    return this.#parts.session.ensureKeyFile();
  }

  /** @throws {ConfigurationError} if a header of the call would break the request. */
  headers(requestId: string, callHeaders: Headers | undefined): Headers {
    return { 'X-Request-Id': requestId, ...this.#parts.headers, ...checkHeaders(callHeaders) };
  }

  credentials(session: ResolvedSession, headers: Headers, { anonymous = false } = {}): CallCredentials {
    return new CallCredentials({
      auth: session.auth,
      openLogin: this.#parts.openLogin(session),
      secrets: this.secrets,
      isOmitted: anonymous || hasAuthorization(headers),
    });
  }

  /** Returns the headers that sign a request; none without a signer. */
  async signature(request: UnsignedRequest): Promise<Headers> {
    const { signer } = this.#parts.session;
    return signer === undefined ? {} : signatureHeaders(request, signer);
  }
}

/** What sends requests to the server. */
export interface RequestSource {
  readonly requests: ClientRequests;
}
