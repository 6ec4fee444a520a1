import type { Constraint } from 'bacalhau-apiclient';
import { InvalidJobError } from '../errors/index.js';
import { quote } from '../spec/index.js';

/** A name of a label: at most 63 letters, digits, `-`, `_` and `.`, after a domain and a slash if there is one. */
const KEY =
  /^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;
const VALUE = /^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/;
const OPERATORS: Readonly<Record<string, string>> = { '=': '=', '==': '==', '!=': '!=', '>': 'gt', '<': 'lt' };
const TOKEN = /[ \t\r\n]*(?:(?<sign>==|!=|[=!<>(),])|(?<word>[^ \t\r\n=!<>(),]+))/y;

/**
 * Parses constraints as Kubernetes writes selectors of labels, and the CLI takes them for `--constraints`:
 * `region in (eu, us), !gpu, memory > 32`.
 *
 * @throws {InvalidJobError} saying what was expected.
 */
export function parseConstraints(text: string): Constraint[] {
  const tokens = tokensOf(text);
  let at = 0;
  const problem = (expected: string): InvalidJobError => {
    const found = tokens[at] === undefined ? 'its end' : quote(tokens[at]);
    return new InvalidJobError('constraints', `is ${quote(text)}, which has ${found} where ${expected} is expected.`);
  };
  const take = (sign: string): boolean => {
    if (tokens[at] !== sign) return false;
    at += 1;
    return true;
  };
  const takeWord = (form: RegExp, expected: string): string => {
    const word = tokens[at] ?? '';
    if (!form.test(word)) throw problem(expected);
    at += 1;
    return word;
  };
  const takeValue = (): string => (isEndOfValue(tokens[at]) ? '' : takeWord(VALUE, 'a value of a label'));

  const takeValues = (): string[] => {
    if (!take('(')) throw problem('"("');
    const values = new Set([takeValue()]);
    while (take(',')) values.add(takeValue());
    if (!take(')')) throw problem('"," or ")"');
    return [...values];
  };

  const takeConstraint = (): Constraint => {
    if (take('!')) return { Key: takeWord(KEY, 'the name of a label'), Operator: '!' };
    const Key = takeWord(KEY, 'the name of a label');
    const sign = tokens[at];
    if (sign === undefined || sign === ',') return { Key, Operator: 'exists' };
    const Operator = OPERATORS[sign];
    if (Operator === undefined && sign !== 'in' && sign !== 'notin') {
      throw problem('one of =, ==, !=, <, >, in and notin');
    }
    at += 1;
    if (Operator === undefined) return { Key, Operator: sign, Values: takeValues() };
    const isNumber = Operator === 'gt' || Operator === 'lt';
    return { Key, Operator, Values: [isNumber ? takeWord(/^\d{1,18}$/, 'a whole number') : takeValue()] };
  };

  const constraints: Constraint[] = [];
  if (tokens.length === 0) return constraints;
  do constraints.push(takeConstraint());
  while (take(','));
  if (at < tokens.length) throw problem('","');
  return constraints;
}

function tokensOf(text: string): string[] {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  for (let match = TOKEN.exec(text); match !== null; match = TOKEN.exec(text)) {
    tokens.push(match.groups?.['sign'] ?? match.groups?.['word'] ?? '');
  }
  return tokens;
}

const isEndOfValue = (token: string | undefined): boolean => token === undefined || token === ',' || token === ')';
