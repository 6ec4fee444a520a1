import { BacalhauError, type ErrorCause } from './base.js';

/** A setting is missing, malformed or contradicts another one. The message names it and says what to set. */
export class ConfigurationError extends BacalhauError {
  /** @internal */
  protected static override readonly kind: string = 'ConfigurationError';
}

/** The runtime lacks what the call needs, for example a file system in a browser. The message says what to do instead. */
export class UnsupportedRuntimeError extends BacalhauError {
  /** @internal */
  protected static override readonly kind: string = 'UnsupportedRuntimeError';
}

/** The server is too old for the call. The message names the required version and what to do instead. */
export class UnsupportedByServerError extends BacalhauError {
  /** @internal */
  protected static override readonly kind: string = 'UnsupportedByServerError';
}

/** A login failed: a callback returned nothing, the person or the provider refused, or the server does not offer it. */
export class LoginError extends BacalhauError {
  /** @internal */
  protected static override readonly kind: string = 'LoginError';
  /**
   * The provider's code, for example `access_denied` or `expired_token` (RFC 8628, 3.5); `not_offered` if the server does
   * not offer this login.
   */
  readonly code: string | undefined;

  constructor(message: string, options: ErrorCause & { readonly code?: string | undefined } = {}) {
    super(message, options);
    this.code = options.code;
  }
}

/** An argument or option is invalid. Nothing was sent. */
export class InvalidArgumentError extends BacalhauError {
  /** @internal */
  protected static override readonly kind: string = 'InvalidArgumentError';
  /** The argument's or option's name, for example `limit`. */
  readonly argument: string;

  constructor(argument: string, problem: string, options: ErrorCause = {}) {
    super(`${argument} ${problem}`, options);
    this.argument = argument;
  }
}

/** A job is invalid. It was not sent. */
export class InvalidJobError extends BacalhauError {
  /** @internal */
  protected static override readonly kind: string = 'InvalidJobError';
  /** The path of the invalid field, for example `Job.Tasks[0].Engine.Type`. */
  readonly field: string;

  constructor(field: string, problem: string, options: ErrorCause = {}) {
    super(`${field} ${problem}`, options);
    this.field = field;
  }
}
