import { BacalhauError } from '../errors/index.js';
import { isRecord } from '../util/index.js';
import { redact } from './redact.js';
import type { Secrets } from './secrets.js';

/**
 * Replaces the secrets in everything that an error of this package holds: its message, its stack, its properties, and its
 * `cause` where that is such an error, too. Other causes belong to the application. Every error passes here last.
 */
export function redactError<E extends BacalhauError>(error: E, secrets: Secrets): E {
  redactFields(error, secrets);
  const { cause } = error;
  if (cause instanceof BacalhauError && cause !== error) redactError(cause, secrets);
  return error;
}

function redactFields(target: object, secrets: Secrets): void {
  for (const name of Object.getOwnPropertyNames(target)) {
    if (name === 'cause' || name === 'name') continue;
    const property = Object.getOwnPropertyDescriptor(target, name);
    const value: unknown = Reflect.get(target, name);
    if (typeof value === 'string') {
      const clean = redact(value, secrets);
      if (clean !== value && property?.configurable === true) {
        Object.defineProperty(target, name, {
          ...{ value: clean, writable: true, configurable: true },
          enumerable: property.enumerable ?? false,
        });
      }
    } else if (name === 'details' && isRecord(value)) {
      redactFields(value, secrets);
    }
  }
}
