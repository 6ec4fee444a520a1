import { nearestName } from '../arguments/index.js';
import { ConfigurationError } from '../errors/index.js';

/**
 * Refuses unknown names in an option that is an object: plain JavaScript would ignore a misspelt one.
 *
 * @throws {ConfigurationError} with the nearest known name; no value is quoted.
 */
export function checkNames(option: string, values: object, known: readonly string[]): void {
  const unknown = Object.keys(values).find((name) => !known.includes(name));
  if (unknown === undefined) return;
  const suggestion = nearestName(unknown, known);
  const advice =
    suggestion === undefined
      ? `Use ${known.map((name) => `${option}.${name}`).join(', ')}.`
      : `Did you mean ${option}.${suggestion}?`;
  throw new ConfigurationError(`There is no option ${option}.${unknown}. ${advice}`);
}
