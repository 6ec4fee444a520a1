import { JobFileProblem } from '../problem.js';
import { LITERAL, type Token } from './tokens.js';

export type Action = Extract<Token, { type: 'action' }>;
export type Variables = ReadonlyMap<string, string>;
type Value = string | boolean;

/** What an action says: a value, the variables as a whole (`.`), or a function of others. */
export type Expression =
  | { readonly type: 'value'; readonly value: Value }
  | { readonly type: 'variable'; readonly name: string }
  | { readonly type: 'variables' }
  | { readonly type: 'call'; readonly name: FunctionName; readonly args: readonly Expression[] };

const FUNCTIONS = { or: true, and: true, not: true, index: true, eq: true, ne: true } as const;
type FunctionName = keyof typeof FUNCTIONS;
const isFunction = (word: string): word is FunctionName => Object.hasOwn(FUNCTIONS, word);

/** More parentheses in each other than anybody writes. */
const DEEPEST = 50;

/** Of an action, in a message. */
const LONGEST_SOURCE = 200;

export function problemIn({ source, line }: Action, problem: string): JobFileProblem {
  const quoted = source.length > LONGEST_SOURCE ? `${source.slice(0, LONGEST_SOURCE)}…` : source;
  return new JobFileProblem(`has, in line ${line}, ${quoted}: ${problem}`);
}

const unsupported = (action: Action, what: string): JobFileProblem =>
  problemIn(
    action,
    `${what} is not supported here. Templates may use variables, comments, if, else, end, ${Object.keys(FUNCTIONS).join(', ')}. ${LITERAL}`,
  );

/** Reads the words of an action, from `start` on, as one expression. */
export function parseExpression(action: Action, start = 0): Expression {
  const words = action.words.slice(start);
  const sign = words.find((word) => word === ':=' || word === '=' || word.startsWith('$') || word === '|');
  if (sign !== undefined) throw unsupported(action, sign === '|' ? 'a pipe (|)' : `a variable of its own (${sign})`);
  let at = 0;

  const parseCommand = (depth: number): Expression => {
    if (depth > DEEPEST) throw problemIn(action, 'it has too many parentheses in each other.');
    const word = words[at];
    if (word === undefined || word === ')') throw problemIn(action, 'a value is missing.');
    if (!isFunction(word)) return parseOperand(depth);
    at += 1;
    const args: Expression[] = [];
    while (at < words.length && words[at] !== ')') args.push(parseOperand(depth));
    return { type: 'call', name: word, args };
  };

  const parseOperand = (depth: number): Expression => {
    const word = words[at] ?? '';
    at += 1;
    if (word !== '(') return operandOf(word, action);
    const inner = parseCommand(depth + 1);
    if (words[at] !== ')') throw problemIn(action, 'a closing parenthesis is missing.');
    at += 1;
    return inner;
  };

  const expression = parseCommand(0);
  if (at < words.length) throw problemIn(action, `${words[at]} is not expected there.`);
  return expression;
}

function operandOf(word: string, action: Action): Expression {
  if (word === '.') return { type: 'variables' };
  if (word === 'true' || word === 'false') return { type: 'value', value: word === 'true' };
  if (word.startsWith('`')) return { type: 'value', value: word.slice(1, -1).replaceAll('\r', '') };
  if (word.startsWith('"')) return { type: 'value', value: unquote(word, action) };
  if (word.startsWith('.')) {
    const name = word.slice(1);
    if (name.includes('.')) throw unsupported(action, `a field of a variable (${word})`);
    return { type: 'variable', name };
  }
  if (/^[-+]?\p{Nd}/u.test(word)) throw unsupported(action, `a number (${word}; values are texts, in quotes)`);
  throw unsupported(action, word);
}

const ESCAPES: Readonly<Record<string, string>> = {
  ...{ a: '\x07', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v', '\\': '\\', '"': '"' },
};

function unquote(word: string, action: Action): string {
  return word
    .slice(1, -1)
    .replace(/\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.))/gu, (sequence, short, long, letter) => {
      const code = Number.parseInt(short ?? long ?? '', 16);
      const isCharacter = code <= 0x10_ffff && !(code >= 0xd800 && code < 0xe000);
      const character = isCharacter ? String.fromCodePoint(code) : ESCAPES[letter ?? ''];
      if (character === undefined) throw unsupported(action, `the escape ${sequence}`);
      return character;
    });
}

/** Evaluates an expression. Functions look at their arguments only as far as they must. */
export function evaluate(expression: Expression, variables: Variables, action: Action): Value {
  switch (expression.type) {
    case 'value':
      return expression.value;
    case 'variables':
      throw unsupported(action, '. as a value');
    case 'variable': {
      const value = variables.get(expression.name);
      if (value !== undefined) return value;
      throw problemIn(
        action,
        `there is no value for ${expression.name}. Pass { variables: { ${JSON.stringify(expression.name)}: '…' } }. ${LITERAL}`,
      );
    }
    case 'call':
      return call(expression, variables, action);
  }
}

function call({ name, args }: Extract<Expression, { type: 'call' }>, variables: Variables, action: Action): Value {
  const [first, ...others] = args;
  const count = { or: 1, and: 1, not: 1, index: 2, eq: 2, ne: 2 }[name];
  const mayBeMore = name === 'or' || name === 'and' || name === 'eq';
  if (first === undefined || args.length < count || (args.length > count && !mayBeMore)) {
    throw problemIn(action, `${name} takes ${mayBeMore ? 'at least ' : ''}${count}, not ${args.length} values.`);
  }
  const read = (argument: Expression): Value => evaluate(argument, variables, action);
  switch (name) {
    case 'or':
    case 'and': {
      let value = read(first);
      for (const other of others) if (isTrue(value) === (name === 'and')) value = read(other);
      return value;
    }
    case 'not':
      return !isTrue(read(first));
    case 'index': {
      if (first.type !== 'variables') throw unsupported(action, 'index of anything but the variables (.)');
      const key = others.map(read)[0];
      if (typeof key !== 'string') throw problemIn(action, 'the name of a variable must be a text.');
      return variables.get(key) ?? '';
    }
    case 'eq':
    case 'ne': {
      const value = read(first);
      const isEqual = others.map(read).some((other) => {
        if (typeof other === typeof value) return other === value;
        throw problemIn(action, 'a text and true or false cannot be compared.');
      });
      return isEqual === (name === 'eq');
    }
  }
}

/** Tells whether `if` takes a value for true: a text that is not empty is. */
export const isTrue = (value: Value): boolean => value !== false && value !== '';
