import { JobFileProblem } from '../problem.js';

/** A piece of a template: text that stays as it is, or an action between `{{` and `}}`, in words. */
export type Token =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'action'; readonly words: readonly string[]; readonly source: string; readonly line: number };

const SPACE_BEFORE = /[ \t\r\n]+$/;
const SPACE_AFTER = /[ \t\r\n]*/y;
const COMMENT = /\/\*[\s\S]*?\*\/(?:[ \t\r\n](-))?\}\}/y;
const END = /[ \t\r\n](-)\}\}|\}\}/y;
const SPACE = /[ \t\r\n]+/y;
/** A text, a name (after a dot: of a variable), a number or a sign. A name or number must not run into what follows. */
const WORD =
  /"(?:[^"\\\n]|\\.)*"|`[^`]*`|'(?:[^'\\\n]|\\.)+'|(?:[-+]?[\p{L}\p{Nd}_]|[.$])[\p{L}\p{Nd}_.]*(?=[ \t\r\n()|,:=]|\}\})|:=|[()|,=]/uy;

/** Splits a template into text and actions. `{{-` takes the white space before it away, and `-}}` that after it. */
export function tokensOf(template: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  let line = 1;
  let isCounted = 0;
  const lineAt = (offset: number): number => {
    for (; isCounted < offset; isCounted += 1) if (template[isCounted] === '\n') line += 1;
    return line;
  };
  for (;;) {
    const start = template.indexOf('{{', at);
    const text = template.slice(at, start < 0 ? undefined : start);
    if (start < 0) return [...tokens, { type: 'text', text }];
    const trimsBefore = /^-[ \t\r\n]/.test(template.slice(start + 2, start + 4));
    tokens.push({ type: 'text', text: trimsBefore ? trimEnd(text) : text });
    const action = readAction(template, start + (trimsBefore ? 4 : 2), lineAt(start));
    if (action.words !== undefined) {
      const source = template.slice(start, action.end);
      tokens.push({ type: 'action', words: action.words, source, line: lineAt(start) });
    }
    at = action.trimsAfter ? skip(SPACE_AFTER, template, action.end) : action.end;
  }
}

/** Removes white space from the end. A regular expression alone would take long for a text with much of it inside. */
function trimEnd(text: string): string {
  const kept = text.trimEnd();
  const space = text.slice(kept.length);
  // Other space than that of templates stays, and what is before it.
  return kept + space.replace(SPACE_BEFORE, '');
}

function readAction(
  template: string,
  start: number,
  line: number,
): { readonly words: readonly string[] | undefined; readonly end: number; readonly trimsAfter: boolean } {
  COMMENT.lastIndex = start;
  const comment = COMMENT.exec(template);
  if (comment) return { words: undefined, end: COMMENT.lastIndex, trimsAfter: comment[1] !== undefined };
  const words: string[] = [];
  let at = start;
  for (;;) {
    END.lastIndex = at;
    const end = END.exec(template);
    if (end) return { words, end: END.lastIndex, trimsAfter: end[1] !== undefined };
    const afterSpace = skip(SPACE, template, at);
    WORD.lastIndex = at;
    const [word] = (afterSpace === at ? WORD.exec(template) : undefined) ?? [];
    if (afterSpace === at && word === undefined) throw unreadable(template, at, line);
    if (word !== undefined) words.push(word);
    at = word === undefined ? afterSpace : WORD.lastIndex;
  }
}

function unreadable(template: string, at: number, line: number): JobFileProblem {
  const [piece] = /^\S+/.exec(template.slice(at, at + 40)) ?? [];
  const found = piece === undefined ? '{{ without }}' : `${JSON.stringify(piece)} after {{, which is not of a template`;
  return new JobFileProblem(`has, in line ${line}, ${found}. ${LITERAL}`);
}

export const LITERAL = 'Pass { template: false } if its braces are meant literally.';

function skip(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : at;
}
