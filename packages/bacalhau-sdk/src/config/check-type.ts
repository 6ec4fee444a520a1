import { ConfigurationError } from '../errors/index.js';

/**
 * Refuses an option of the wrong type, unless it is left out.
 *
 * @throws {ConfigurationError} which never quotes a value.
 */
export function checkType(option: string, value: unknown, fits: boolean, wanted: string): void {
  if (value === undefined || fits) return;
  const found = value === null ? 'null' : Array.isArray(value) ? 'an array' : `of type ${typeof value}`;
  throw new ConfigurationError(`The option ${option} must be ${wanted}, but is ${found}.`);
}
