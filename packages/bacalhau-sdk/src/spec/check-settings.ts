import { InvalidJobError } from '../errors/index.js';
import { isRecord } from '../util/index.js';

/** A program and its arguments. A text in its place would be taken for its letters, one argument each. */
export function textList(values: readonly string[], field: string): string[] {
  if (!Array.isArray(values)) {
    throw new InvalidJobError(field, `is ${show(values)}, no array. Give texts in an array, such as ["echo", "hi"].`);
  }
  for (const [index, value] of values.entries()) {
    if (typeof value !== 'string') throw new InvalidJobError(`${field}[${index}]`, `is ${show(value)}. Give a text.`);
  }
  return [...values];
}

/** What plain JavaScript may leave out. */
export function requireSettings(settings: unknown, builder: string, example: string): void {
  if (isRecord(settings)) return;
  throw new InvalidJobError('settings', `of ${builder} are ${show(settings)}, no object. Give for example ${example}.`);
}

const show = (value: unknown): string => JSON.stringify(value) ?? String(value);
