import { describeType, findUnknownName } from '../arguments/index.js';
import { InvalidJobError } from '../errors/index.js';
import { isRecord } from '../util/index.js';

/** What a setting of a builder may be. */
export interface SettingRule {
  /** As a message says it: `a string`. */
  readonly expected: string;
  readonly matches: (value: unknown) => boolean;
  /** What to pass, with an example. Default: what is expected. */
  readonly example?: string;
  readonly isRequired?: true;
  /** Whether a string of spaces counts as missing. */
  readonly isNotBlank?: true;
  /** The rule for each element of an array, or each value of an object. */
  readonly each?: SettingRule;
  /** The rules for the fields of an object. */
  readonly fields?: Readonly<Record<string, SettingRule>>;
}

/** The rules for all settings of a type. A record, so that the compiler notices one that is missing. */
export type SettingRules<T extends object> = Readonly<Record<keyof T & string, SettingRule>>;

const isString = (value: unknown): boolean => typeof value === 'string';
const isNumber = (value: unknown): boolean => typeof value === 'number';

const ANY_TEXT: SettingRule = { expected: 'a string', matches: isString };
export const FLAG: SettingRule = { expected: 'true or false', matches: (value) => typeof value === 'boolean' };

export const text = (example: string): SettingRule => ({ ...ANY_TEXT, example });
export const requiredText = (example: string): SettingRule => ({
  ...text(example),
  isRequired: true,
  isNotBlank: true,
});
export const number = (example: string): SettingRule => ({ expected: 'a number', matches: isNumber, example });
export const numberOrText = (example: string): SettingRule => ({
  expected: 'a number or a string',
  matches: (value) => isNumber(value) || isString(value),
  example,
});
export const object = (example: string): SettingRule => ({ expected: 'an object', matches: isRecord, example });
/** Requires an object whose values are strings. */
export const textByName = (example: string): SettingRule => ({
  ...object(example),
  expected: 'an object of strings',
  each: ANY_TEXT,
});
/** Requires an array of strings: a string in its place would be taken for its letters, one element each. */
export const textList = (example: string): SettingRule => ({
  expected: 'an array of strings',
  matches: Array.isArray,
  example,
  each: ANY_TEXT,
});
export const objectList = (example: string): SettingRule => ({
  expected: 'an array of objects',
  matches: Array.isArray,
  example,
  each: { expected: 'an object', matches: isRecord },
});
/** Requires an array whose elements are strings or objects. */
export const listOfTextsOrObjects = (example: string): SettingRule => ({
  expected: 'an array',
  matches: Array.isArray,
  example,
  each: { expected: 'a string or an object', matches: (value) => isString(value) || isRecord(value) },
});
/** Requires a string, or what another rule requires. */
export const textOr = (rule: SettingRule): SettingRule => ({
  ...rule,
  expected: `a string or ${rule.expected}`,
  matches: (value) => isString(value) || rule.matches(value),
});
export const fieldsOf = <T extends object>(example: string, fields: SettingRules<T>): SettingRule => ({
  ...object(example),
  fields,
});

/**
 * Checks the settings of a builder: plain JavaScript can pass anything, and would ignore a misspelt name.
 *
 * @throws {InvalidJobError} naming the setting.
 */
export function checkSettings<T extends object>(
  settings: T,
  rules: SettingRules<T>,
  { builder, example }: { readonly builder: string; readonly example: string },
): void {
  if (!isRecord(settings)) {
    throw new InvalidJobError(
      'settings',
      `of ${builder} must be an object, not ${describeType(settings)}. Pass for example ${example}.`,
    );
  }
  checkFields(settings, rules, builder, '');
}

function checkFields(
  settings: Readonly<Record<string, unknown>>,
  rules: Readonly<Record<string, SettingRule>>,
  owner: string,
  prefix: string,
): void {
  const unknown = findUnknownName(settings, Object.keys(rules));
  if (unknown !== undefined) {
    throw new InvalidJobError(`${prefix}${unknown.name}`, `is not a setting of ${owner}. ${unknown.advice}`);
  }
  for (const [name, rule] of Object.entries(rules)) checkSetting(settings[name], rule, `${prefix}${name}`);
}

function checkSetting(value: unknown, rule: SettingRule, field: string): void {
  const { expected, example = expected, isRequired = false, isNotBlank = false } = rule;
  if (value === undefined && !isRequired) return;
  if (value === undefined || (isNotBlank && typeof value === 'string' && value.trim() === '')) {
    throw new InvalidJobError(field, `is missing. Pass ${example}.`);
  }
  checkValue(value, rule, field);
}

function checkValue(value: unknown, { expected, matches, example, each, fields }: SettingRule, field: string): void {
  if (!matches(value)) {
    const advice = example === undefined ? '' : ` Pass ${example}.`;
    throw new InvalidJobError(field, `must be ${expected}, not ${describeType(value)}.${advice}`);
  }
  if (Array.isArray(value)) {
    if (each === undefined) return;
    for (const [index, element] of value.entries()) checkValue(element, each, `${field}[${index}]`);
  } else if (isRecord(value)) {
    if (fields !== undefined) checkFields(value, fields, field, `${field}.`);
    if (each === undefined) return;
    for (const [key, entry] of Object.entries(value)) checkSetting(entry, each, `${field}.${key}`);
  }
}
