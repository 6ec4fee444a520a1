import { harmlessText } from './harmless-text.js';

const BRAND = Symbol.for('bacalhau-sdk/error');

/** The names of an error's classes, which copies of this package share. */
interface Branded {
  readonly [BRAND]: readonly string[];
}

const isBranded = (value: unknown): value is Branded => typeof value === 'object' && value !== null && BRAND in value;

/** The standard `cause` of an error. */
export interface ErrorCause {
  /** The error that led to it, or the reason of an aborted signal. */
  readonly cause?: unknown;
}

/**
 * The parent of every error that this package throws.
 *
 * `instanceof` works across copies of the package: an application may load it as ESM and, through a
 * dependency, as CommonJS, and an error made by either is an instance of both classes.
 *
 * @example
 * ```ts
 * try {
 *   await jobs.get('j-unknown');
 * } catch (error) {
 *   if (error instanceof NotFoundError) console.log('no such job');
 *   else throw error;
 * }
 * ```
 */
export class BacalhauError extends Error {
  /** @internal The class's own name: what `instanceof` compares, so it must survive minifiers. */
  protected static readonly kind: string = 'BacalhauError';
  /** The id of the job, where the error is about one whose id is known: every error of a run from its submission on. */
  declare readonly jobId?: string;

  constructor(message: string, options: ErrorCause = {}) {
    // It may quote a server.
    super(harmlessText(message), 'cause' in options ? { cause: options.cause } : undefined);
    const classNames: string[] = [];
    for (let type = new.target as unknown; isErrorClass(type); type = Object.getPrototypeOf(type)) {
      if (Object.hasOwn(type, 'kind')) classNames.push(type.kind);
    }
    Object.defineProperty(this, 'name', { value: classNames[0], configurable: true, writable: true });
    Object.defineProperty(this, BRAND, { value: classNames });
  }

  /** @internal What makes `instanceof` work across copies of the package. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    // A subclass made by an application has no `kind` of its own, and then the language's own rule is right.
    return Object.hasOwn(this, 'kind')
      ? isBranded(value) && value[BRAND].includes(this.kind)
      : Function.prototype[Symbol.hasInstance].call(this, value);
  }
}

/**
 * Gives an error a property that can be read, but that is not printed with it: an uncaught error that prints a whole job
 * hides its own message.
 */
export function defineUnprinted<E extends BacalhauError, K extends keyof E>(error: E, name: K, value: E[K]): void {
  Object.defineProperty(error, name, { value, enumerable: false, configurable: true, writable: true });
}

const isErrorClass = (type: unknown): type is typeof BacalhauError & { readonly kind: string } =>
  typeof type === 'function' && 'kind' in type;
