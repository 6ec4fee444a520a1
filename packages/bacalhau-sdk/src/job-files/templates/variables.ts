import { platform } from '#platform';
import { describeType } from '../../arguments/index.js';
import { InvalidArgumentError } from '../../errors/index.js';
import { isRecord } from '../../util/index.js';
import type { JobFileOptions } from '../options.js';
import type { Variables } from './evaluate.js';

/**
 * Returns the values that a template can use: the chosen ones of the environment, and above them those that were passed.
 *
 * @throws {InvalidArgumentError} naming the option, or the variable.
 */
export function templateVariables({ variables = {}, env }: JobFileOptions): Variables {
  if (!isRecord(variables)) {
    throw new InvalidArgumentError('variables', `must be an object, not ${describeType(variables)}.`);
  }
  return new Map([
    ...chosenEnvironment(env),
    ...Object.entries(variables).map(([name, value]) => checked(name, value)),
  ]);
}

function checked(name: string, value: unknown): readonly [string, string] {
  if (typeof value === 'string') return [name, value];
  if (typeof value === 'number' && Number.isFinite(value)) return [name, String(value)];
  throw new InvalidArgumentError(`variables.${name}`, `must be a string or a number, not ${describeType(value)}.`);
}

function chosenEnvironment(pattern: unknown): (readonly [string, string])[] {
  if (pattern === undefined) return [];
  if (!(pattern instanceof RegExp)) {
    throw new InvalidArgumentError(
      'env',
      `must be a regular expression such as /^JOB_/, not ${describeType(pattern)}.`,
    );
  }
  return Object.entries(platform.environment()).flatMap(([name, value]) =>
    // Unlike test, search is the same each time for a pattern with the flag g.
    value === undefined || name.search(pattern) < 0 ? [] : [[name, value] as const],
  );
}
