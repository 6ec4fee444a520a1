import type { AuthMethod, OpenLoginContext } from '../auth/index.js';
import type { Secret, Secrets } from '../redaction/index.js';

export interface CallCredentialsParts {
  readonly auth: AuthMethod;
  readonly openLogin: OpenLoginContext;
  /** Learns each `Authorization` header that is sent. */
  readonly secrets: Secrets;
  /** Whether the call is sent without them: it is anonymous, or has an `Authorization` header of its own. */
  readonly isOmitted: boolean;
}

/** The client's credentials in the requests of one call. */
export class CallCredentials {
  readonly #parts: CallCredentialsParts;
  #sent: Secret | undefined;
  #isRenewable: boolean;

  constructor(parts: CallCredentialsParts) {
    this.#parts = parts;
    this.#isRenewable = !parts.isOmitted;
  }

  /** Returns the `Authorization` header for a request; undefined to send none. May log in first. */
  async authorization(): Promise<string | undefined> {
    const { auth, openLogin, secrets, isOmitted } = this.#parts;
    if (isOmitted) return undefined;
    this.#sent = await auth.authorization(openLogin);
    const value = this.#sent?.reveal();
    if (value !== undefined) secrets.addAuthorization(value);
    return value;
  }

  /**
   * Logs in again after a response of this status, at most once; returns whether another request is worthwhile. That holds
   * for calls that write, too: a server that refuses a request has not processed it.
   */
  async renew(status: number): Promise<boolean> {
    // Some servers respond with 403 to a request without credentials.
    const isRefused = status === 401 || (status === 403 && this.#sent === undefined);
    if (!this.#isRenewable || !isRefused) return false;
    this.#isRenewable = false;
    return this.#parts.auth.renew(this.#sent, this.#parts.openLogin);
  }
}
