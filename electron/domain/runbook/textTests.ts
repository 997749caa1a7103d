/** The single tests of output. Each says whether it holds and what was seen; `null` when it could not look. */
import type { Comparison, Template, TextTest } from '../../contract/runbook.ts';
import { escapeText } from '../evidence/jcs.ts';
import { MAX_CAPTURE_LENGTH } from './capture.ts';
import { parseDate, parseMoment } from './dates.ts';
import { compareDecimals, parseDecimal } from './decimal.ts';
import { formatDuration } from './duration.ts';
import { parseJsonPath, valueAt } from './jsonPath.ts';
import { compilePattern, PATTERN_INPUT_LIMIT } from './pattern.ts';
import { constantOf, lookUp, renderText, type Values } from './template.ts';

export interface Seen {
  /** `null`: there was nothing to judge. Such a test holds neither as it stands nor negated. */
  readonly holds: boolean | null;
  readonly actual: string;
}

interface Sight {
  readonly text: string;
  readonly values: Values;
  readonly now: Date;
}

/** How far a date may lie ahead and still count as recent: clocks of hosts differ. */
const CLOCK_TOLERANCE_MS = 5 * 60_000;

/** Judges normalised output by one test. */
export function testText(test: TextTest, sight: Sight): Seen {
  switch (test.test) {
    case 'equals':
      return withValue(test.value, sight.values, true, (wanted) => ({
        holds: trimEnd(sight.text) === trimEnd(wanted),
        actual: excerpt(sight.text),
      }));
    case 'contains':
      return withValue(test.value, sight.values, false, (wanted) => {
        const at = sight.text.indexOf(wanted);
        return {
          holds: at !== -1,
          actual: at === -1 ? `not found in ${excerpt(sight.text)}` : lineAround(sight.text, at),
        };
      });
    case 'matches':
      return testPattern(test.pattern, sight.text);
    case 'empty':
      return { holds: (sight.text.trim() === '') === test.empty, actual: excerpt(sight.text) };
    case 'lines': {
      const lines = countLines(sight.text);
      const seen = compare(String(lines), test.compare, sight.values, true);
      return {
        holds: seen.holds,
        actual: seen.holds === null ? seen.actual : `${String(lines)} ${lines === 1 ? 'line' : 'lines'}`,
      };
    }
    case 'number':
      return testNumber(test, sight);
    case 'json':
      return testJson(test, sight);
    case 'date':
      return testDate(test, sight);
    case 'digest':
      return withValue(test.value, sight.values, false, (wanted) => testDigest(wanted, sight.text));
    case 'same-as': {
      const wanted = lookUp(sight.values, test.capture);
      if (wanted === undefined) return unseen(`nothing was captured as ${test.capture}`);
      if (wanted.trim() === '')
        return unseen(`${test.capture} is empty, so there is nothing to compare with`);
      return sameAsCaptured(sight.text, wanted);
    }
  }
}

/**
 * A capture was trimmed and escaped on its way into the record (line breaks as `<U+000A>`), and cut at its limit: one that
 * long cannot be told from another that begins alike.
 */
function sameAsCaptured(text: string, captured: string): Seen {
  const seen = escapeText(text.trim());
  if (seen.length >= MAX_CAPTURE_LENGTH || captured.length >= MAX_CAPTURE_LENGTH)
    return unseen('too long to be compared with a capture; compare digests');
  return { holds: seen === escapeText(captured.trim()), actual: excerpt(text) };
}

/** A limit for people: `at least 5`, `one of 1, 2`. */
export function comparisonText(comparison: Comparison, shown: (template: Template) => string): string {
  if (comparison.op === 'in') return `one of ${comparison.values.map(shown).join(', ')}`;
  const value = shown(comparison.value);
  return comparison.op === 'equals' ? `equals ${value}` : `${comparison.op.replace('-', ' ')} ${value}`;
}

function unseen(actual: string): Seen {
  return { holds: null, actual };
}

/** Without final line breaks, as `$(…)` of a shell gives it. */
function trimEnd(text: string): string {
  let end = text.length;
  while (end > 0 && text[end - 1] === '\n') end--;
  return text.slice(0, end);
}

function countLines(text: string): number {
  const trimmed = trimEnd(text);
  return trimmed === '' ? 0 : trimmed.split('\n').length;
}

/** Short form of output for the record. */
function excerpt(text: string): string {
  const trimmed = text.trim();
  if (trimmed === '') return '(no output)';
  return trimmed.length <= 300 ? trimmed : `${trimmed.slice(0, 300)}… (${String(trimmed.length)} characters)`;
}

function lineAround(text: string, at: number): string {
  const start = text.lastIndexOf('\n', at - 1) + 1;
  const end = text.indexOf('\n', at);
  return excerpt(text.slice(Math.max(start, at - 100), Math.min(end === -1 ? text.length : end, at + 200)));
}

/** Runs a test with the value of a template. A value that is empty by accident would make tests hold for nothing. */
function withValue(
  template: Template,
  values: Values,
  literalEmpty: boolean,
  run: (value: string) => Seen,
): Seen {
  const rendered = renderText(template, values);
  if (!rendered.ok) return unseen(rendered.error.message);
  const meantEmpty = literalEmpty && constantOf(template)?.trim() === '';
  if (rendered.value.trim() === '' && !meantEmpty)
    return unseen(`the expected value ${template.source} is empty`);
  return run(rendered.value);
}

function testPattern(source: string, text: string): Seen {
  const pattern = compilePattern(source);
  if (!pattern.ok) return unseen(`the pattern cannot be used: ${pattern.error}`);
  const match = pattern.value.exec(text.slice(0, PATTERN_INPUT_LIMIT));
  if (match !== null) return { holds: true, actual: lineAround(text, match.index) };
  if (text.length > PATTERN_INPUT_LIMIT)
    return unseen('no match in the first 1 MiB; the rest was not looked at');
  return { holds: false, actual: `no match in ${excerpt(text)}` };
}

/** `asNumber`: both sides must be numbers even for `equals` and `in`. */
function compare(actual: string, comparison: Comparison, values: Values, asNumber: boolean): Seen {
  if (comparison.op === 'in') {
    const seen = comparison.values.map((value) => compare(actual, { op: 'equals', value }, values, asNumber));
    const problem = seen.find((one) => one.holds === null);
    if (seen.some((one) => one.holds === true)) return { holds: true, actual };
    return problem ?? { holds: false, actual };
  }
  return withValue(comparison.value, values, !asNumber, (wanted) => {
    const left = parseDecimal(actual);
    const right = parseDecimal(wanted.trim());
    if (comparison.op === 'equals' && !asNumber) return { holds: actual === wanted, actual };
    if (left === undefined) return unseen(`not a number: ${excerpt(actual)}`);
    if (right === undefined) return unseen(`the expected value is not a number: ${excerpt(wanted)}`);
    const order = compareDecimals(left, right);
    const holds = {
      equals: order === 0,
      'at-least': order >= 0,
      'at-most': order <= 0,
      above: order > 0,
      below: order < 0,
    }[comparison.op];
    return { holds, actual };
  });
}

/** The whole output must be one number; with a unit declared, the number and that unit. */
function testNumber(test: Extract<TextTest, { test: 'number' }>, { text, values }: Sight): Seen {
  const trimmed = text.trim();
  let number = trimmed;
  if (test.unit !== undefined) {
    if (!trimmed.endsWith(test.unit)) return unseen(`not a number in ${test.unit}: ${excerpt(text)}`);
    number = trimmed.slice(0, -test.unit.length).trimEnd();
  }
  if (parseDecimal(number) === undefined) return unseen(`not one number: ${excerpt(text)}`);
  const seen = compare(number, test.compare, values, true);
  return seen.holds === null ? seen : { holds: seen.holds, actual: trimmed };
}

function testJson(test: Extract<TextTest, { test: 'json' }>, { text, values }: Sight): Seen {
  const path = parseJsonPath(test.path);
  if (!path.ok) return unseen(path.error);
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    return unseen(`not JSON: ${excerpt(text)}`);
  }
  const found = valueAt(document, path.value);
  if (found === undefined) return unseen(`there is no ${test.path} in ${excerpt(text)}`);
  const { value } = found;
  if (typeof value === 'object' && value !== null) {
    return unseen(`${test.path} is ${Array.isArray(value) ? 'a list' : 'an object'}, not a single value`);
  }
  if (typeof value === 'number')
    return compare(String(value), test.compare, values, isNumeric(test.compare, values));
  return compare(typeof value === 'string' ? value : String(value), test.compare, values, false);
}

/** `1.0` and `1` are the same number in JSON, so they are compared as numbers when both sides are. */
function isNumeric(comparison: Comparison, values: Values): boolean {
  const templates = comparison.op === 'in' ? comparison.values : [comparison.value];
  return templates.every((template) => {
    const rendered = renderText(template, values);
    return rendered.ok && parseDecimal(rendered.value.trim()) !== undefined;
  });
}

function testDate(test: Extract<TextTest, { test: 'date' }>, { text, values, now }: Sight): Seen {
  const trimmed = text.trim();
  const at = parseDate(trimmed);
  if (at === undefined) return unseen(`not one date with its time zone: ${excerpt(text)}`);
  if (test.notOlderThanMs === undefined && test.after === undefined) return unseen('no limit is given');
  const age = now.getTime() - at;
  const said =
    age >= 0 ? `${trimmed} (${formatDuration(age)} ago)` : `${trimmed} (in ${formatDuration(-age)})`;
  if (test.notOlderThanMs !== undefined) {
    if (age > test.notOlderThanMs || age < -CLOCK_TOLERANCE_MS) return { holds: false, actual: said };
  }
  if (test.after === undefined) return { holds: true, actual: said };
  return withValue(test.after, values, false, (wanted) => {
    const limit = parseMoment(wanted.trim(), now);
    return limit === undefined
      ? unseen(`the expected value is not a date: ${excerpt(wanted)}`)
      : { holds: at > limit, actual: said };
  });
}

const SHA256 = /(?<![0-9A-Za-z])[0-9a-fA-F]{64}(?![0-9A-Za-z])/g;

/** The output must hold exactly one SHA-256 digest, as `sha256sum` or an image reference shows it. */
function testDigest(wanted: string, text: string): Seen {
  const expected = /^(?:sha256:)?([0-9a-fA-F]{64})$/.exec(wanted.trim())?.[1]?.toLowerCase();
  if (expected === undefined) return unseen(`the expected value is not a SHA-256 digest: ${excerpt(wanted)}`);
  const digests = [...new Set([...text.matchAll(SHA256)].map(([hex]) => hex.toLowerCase()))];
  const [only, second] = digests;
  if (only === undefined) return unseen(`no SHA-256 digest in ${excerpt(text)}`);
  if (second !== undefined) return unseen(`${String(digests.length)} different digests in the output`);
  return { holds: only === expected, actual: only };
}
