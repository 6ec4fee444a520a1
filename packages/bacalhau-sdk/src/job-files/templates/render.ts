import {
  type Action,
  type Expression,
  evaluate,
  isTrue,
  parseExpression,
  problemIn,
  type Variables,
} from './evaluate.js';
import { tokensOf } from './tokens.js';

type Piece =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'output'; readonly action: Action; readonly expression: Expression }
  | { readonly type: 'if'; readonly branches: readonly Branch[] };

/** A part of an `if`. That of `else` has no condition. */
interface Branch {
  readonly action: Action;
  readonly condition?: Expression;
  readonly nodes: Piece[];
}

/** More of `if` in each other than anybody writes. */
const DEEPEST = 50;

/**
 * Renders a job file that is a template of Go's `text/template`, with the parts of it that job files use. All of it is
 * parsed before anything is evaluated, so that a mistake is found in a branch that is not taken, too.
 *
 * @throws {JobFileProblem} naming the line and the placeholder.
 */
export const render = (template: string, variables: Variables): string => output(parse(template), variables);

function parse(template: string): Piece[] {
  const root: Piece[] = [];
  /** The branches read so far of each `if` that is open. */
  const open: Branch[][] = [];
  const nodes = (): Piece[] => open.at(-1)?.at(-1)?.nodes ?? root;
  for (const token of tokensOf(template)) {
    if (token.type === 'text') {
      nodes().push(token);
      continue;
    }
    const branches = open.at(-1);
    switch (token.words[0]) {
      case 'if': {
        if (open.length === DEEPEST) throw problemIn(token, `it is in ${DEEPEST} others.`);
        const opened = [{ action: token, condition: parseExpression(token, 1), nodes: [] }];
        nodes().push({ type: 'if', branches: opened });
        open.push(opened);
        break;
      }
      case 'else':
        if (branches === undefined) throw problemIn(token, 'there is no if before it.');
        if (branches.at(-1)?.condition === undefined) throw problemIn(token, 'an else is before it.');
        if (token.words.length > 1 && token.words[1] !== 'if') throw problemIn(token, 'only if can follow else.');
        branches.push({
          action: token,
          ...(token.words.length > 1 && { condition: parseExpression(token, 2) }),
          nodes: [],
        });
        break;
      case 'end':
        if (branches === undefined) throw problemIn(token, 'there is no if before it.');
        if (token.words.length > 1) throw problemIn(token, 'nothing can follow end.');
        open.pop();
        break;
      default:
        nodes().push({ type: 'output', action: token, expression: parseExpression(token) });
    }
  }
  const unclosed = open.at(-1)?.[0];
  if (unclosed !== undefined) throw problemIn(unclosed.action, 'its {{end}} is missing.');
  return root;
}

function output(pieces: readonly Piece[], variables: Variables): string {
  return pieces.map((piece) => outputOf(piece, variables)).join('');
}

function outputOf(piece: Piece, variables: Variables): string {
  switch (piece.type) {
    case 'text':
      return piece.text;
    case 'output':
      return String(evaluate(piece.expression, variables, piece.action));
    case 'if': {
      const taken = piece.branches.find(
        ({ condition, action }) => condition === undefined || isTrue(evaluate(condition, variables, action)),
      );
      return output(taken?.nodes ?? [], variables);
    }
  }
}
