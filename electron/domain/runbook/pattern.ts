/** Regular expressions of authors: compiled one way everywhere, and refused when they could hang the app. */
import { err, ok, type Result } from '../../contract/result.ts';

/** Longest text that a pattern is tried on; what comes after is not looked at, and the check says so. */
export const PATTERN_INPUT_LIMIT = 1024 * 1024;

/** `^` and `$` match at each line; `.` stays within a line; Unicode. */
export function compilePattern(source: string): Result<RegExp, string> {
  if (source.length > 1000) return err('the pattern is longer than 1,000 characters');
  try {
    return ok(new RegExp(source, 'mu'));
  } catch (e) {
    return err(
      e instanceof Error ? e.message.replace(/^Invalid regular expression: /, '') : 'not a valid pattern',
    );
  }
}

/**
 * Refuses what does not compile and what is known to take exponential time: an unbounded repetition of a group that
 * itself repeats without bound (`(a+)+`), or whose alternatives can begin alike (`(a|ab)*`). A simple rule: it can refuse a
 * harmless pattern, and it does not find polynomial ones; those are bounded by PATTERN_INPUT_LIMIT.
 */
export function checkPattern(source: string): Result<null, string> {
  const compiled = compilePattern(source);
  if (!compiled.ok) return compiled;
  return repeatsWithinRepetition(source)
    ? err('a repeated group must not contain another open-ended repetition or alternatives that begin alike')
    : ok(null);
}

interface Group {
  repeats: boolean;
  starts: string[];
  alikeStarts: boolean;
  expectStart: boolean;
}
function newGroup(): Group {
  return { repeats: false, starts: [], alikeStarts: false, expectStart: true };
}

const TOKEN =
  /\\(?:[pPuk]\{[^}]*\}|u[\da-fA-F]{4}|.)|\[(?:\\.|[^\]\\])*\]|\((?:\?(?:<?[=!]|:|<\w+>))?|\)|[*+]|\{\d+,\}|\{\d+(?:,\d+)?\}|\?|\||[\s\S]/gu;

function repeatsWithinRepetition(source: string): boolean {
  const stack: Group[] = [newGroup()];
  let closed: Group | null = null;
  for (const [token] of source.matchAll(TOKEN)) {
    const group = stack.at(-1);
    if (group === undefined) return true;
    const openEnded = /^(?:[*+]|\{\d+,\})$/.test(token);
    const large = /^\{\d+,?(\d{3,})\}$/.test(token) || /^\{\d{3,}\}$/.test(token);
    if (openEnded || large) {
      if (closed !== null && (closed.repeats || closed.alikeStarts)) return true;
      group.repeats = true;
      closed = null;
      continue;
    }
    const inner: Group | null = closed;
    closed = null;
    if (inner?.repeats === true) group.repeats = true;
    if (token === ')') {
      stack.pop();
      closed = group;
    } else if (token.startsWith('(')) {
      noteStart(group, '(');
      stack.push(newGroup());
    } else if (token === '|') group.expectStart = true;
    else if (token !== '?' && !token.startsWith('{') && token !== '^') noteStart(group, token);
  }
  return false;
}

/** Two alternatives that begin with the same character, or with something that is not one character, can overlap. */
function noteStart(group: Group, token: string): void {
  if (!group.expectStart) return;
  group.expectStart = false;
  const plain = /^[^.\\[(]$/u.test(token) || /^\\[^wWdDsSpPbBk\d]$/u.test(token);
  const start = plain ? token : '*';
  if (group.starts.some((other) => other === start || other === '*' || start === '*'))
    group.alikeStarts = true;
  group.starts.push(start);
}
