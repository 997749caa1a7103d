/** Makes what was seen fit the limits of a record, so that a fact is never refused for its length or its characters. */
import type { Check, CommandEnd } from '../../contract/records.ts';
import { assertNever } from '../../contract/result.ts';
import { escapeText } from '../evidence/jcs.ts';

/** Escaped text of at most `max` UTF-16 code units; a character is never cut in half. */
export function recordText(text: string, max: number): string {
  const escaped = escapeText(text);
  if (escaped.length <= max) return escaped;
  return escaped.slice(0, max).replace(/[\ud800-\udbff]$/, '');
}

/** A check within the limits of `check` and `observe.try`. */
export function recordCheck(check: Check): Check {
  return {
    name: recordText(check.name, 300),
    expected: recordText(check.expected, 1000),
    actual: recordText(check.actual, 1000),
    ok: check.ok,
  };
}

/** An end within the limits of `step.end` and `observe.try`. */
export function recordEnd(end: CommandEnd): CommandEnd {
  switch (end.how) {
    case 'exit':
      return end;
    case 'signal':
      return { how: 'signal', signal: recordText(end.signal, 32) };
    case 'lost':
      return { how: 'lost', why: recordText(end.why, 400) };
    case 'timeout':
      return { how: 'timeout', afterMs: Math.max(0, Math.round(end.afterMs)) };
    default:
      return assertNever(end);
  }
}
