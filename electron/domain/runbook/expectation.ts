/**
 * Judges what a command showed against what its step expects. Pure, and strict: what was not seen does not hold, and an
 * empty or incomplete output passes only what says so.
 */
import type { Check, CommandEnd } from '../../contract/records.ts';
import type { Expectation, TextTest } from '../../contract/runbook.ts';
import { escapeText } from '../evidence/jcs.ts';
import { normalizeOutput } from '../terminal/plainText.ts';
import { parseDecimal } from './decimal.ts';
import { formatDuration } from './duration.ts';
import { constantOf, renderText, type Values } from './template.ts';
import { comparisonText, testText, type Seen } from './textTests.ts';

/** What was seen of a command. */
export interface Observation {
  readonly end: CommandEnd;
  /** Decoded output; escape sequences and carriage returns may still be in it. */
  readonly stdout: string;
  readonly stderr: string;
  /** Not all of the output is here. */
  readonly truncated: boolean;
}

/** Limits of the record (contract/records.ts). */
const MAX_NAME = 300;
const MAX_TEXT = 1000;

/**
 * One check for each expectation, in order. Never throws; an expectation that cannot be judged does not hold.
 *
 * @param now the time that `date` tests measure against
 */
export function evaluate(
  expect: readonly Expectation[],
  observation: Observation,
  values: Values,
  now: Date,
): readonly Check[] {
  const stdout = normalizeOutput(observation.stdout);
  const stderr = normalizeOutput(observation.stderr);
  const complete = !observation.truncated && observation.end.how === 'exit';
  const described = describe(expect, values);
  return expect.map((expectation, i) => {
    const expected = described[i]?.expected ?? '';
    const name = described[i]?.label ?? expectation.label;
    if (expectation.on === 'exit') return check(name, expected, judgeEnd(expectation.codes, observation.end));
    const text = expectation.on === 'stdout' ? stdout : stderr;
    return check(name, expected, judgeStream(expect, expectation, { text, complete, values, now }));
  });
}

/** What is expected, for people: the short name of each expectation, and the rest with its values filled in. */
export function describe(
  expect: readonly Expectation[],
  values: Values,
): readonly { readonly label: string; readonly expected: string }[] {
  return expect.map((expectation) => ({
    label: fit(expectation.label, MAX_NAME),
    expected: fit(
      expectation.on === 'exit' ? codesText(expectation.codes) : streamText(expectation, values),
      MAX_TEXT,
    ),
  }));
}

type StreamExpectation = Exclude<Expectation, { on: 'exit' }>;

function judgeEnd(codes: readonly number[], end: CommandEnd): Seen {
  switch (end.how) {
    case 'exit':
      return { holds: codes.includes(end.code), actual: `exit ${String(end.code)}` };
    case 'signal':
      return { holds: false, actual: `ended by signal ${end.signal}` };
    case 'timeout':
      return { holds: false, actual: `no end within ${formatDuration(end.afterMs)}` };
    case 'lost':
      return { holds: false, actual: `contact lost, outcome not known: ${end.why}` };
  }
}

interface Sight {
  readonly text: string;
  readonly complete: boolean;
  readonly values: Values;
  readonly now: Date;
}

function judgeStream(all: readonly Expectation[], expectation: StreamExpectation, sight: Sight): Seen {
  const { test, negate } = expectation;
  if (!sight.complete && (negate || needsWholeOutput(test))) {
    return { holds: false, actual: 'the output is incomplete, so this cannot be told' };
  }
  const isEmpty = sight.text.trim() === '';
  if (isEmpty && !all.some((other) => other.on === expectation.on && allowsEmpty(other))) {
    return { holds: false, actual: 'no output, so nothing was seen' };
  }
  const seen = testText(test, sight);
  if (!negate) return { holds: seen.holds === true, actual: seen.actual };
  return { holds: seen.holds === false, actual: seen.actual };
}

/** Tests whose answer rests on output that may be missing. */
function needsWholeOutput(test: TextTest): boolean {
  switch (test.test) {
    case 'contains':
    case 'matches':
      return false;
    case 'empty':
      return test.empty;
    case 'equals':
    case 'lines':
    case 'number':
    case 'json':
    case 'date':
    case 'digest':
    case 'same-as':
      return true;
  }
}

/** Whether the author wrote that no output is what is wanted. A value that happens to be empty does not say so. */
function allowsEmpty(expectation: StreamExpectation): boolean {
  const { test, negate } = expectation;
  if (test.test === 'empty') return test.empty !== negate;
  if (negate) return false;
  if (test.test === 'equals') return constantOf(test.value)?.trim() === '';
  if (test.test !== 'lines') return false;
  const { compare } = test;
  const isZero = (text: string | undefined) => text !== undefined && parseDecimal(text)?.digits === 0n;
  if (compare.op === 'equals') return isZero(constantOf(compare.value));
  return compare.op === 'in' && compare.values.some((value) => isZero(constantOf(value)));
}

function check(name: string, expected: string, seen: Seen): Check {
  return { name, expected, actual: fit(seen.actual, MAX_TEXT), ok: seen.holds === true };
}

function codesText(codes: readonly number[]): string {
  return `exit ${codes.map(String).join(' or ')}`;
}

function streamText(expectation: StreamExpectation, values: Values): string {
  const text = expectedText(expectation.test, values);
  return expectation.negate ? `not: ${text}` : text;
}

function expectedText(test: TextTest, values: Values): string {
  const shown = (template: Parameters<typeof renderText>[0]) => {
    const rendered = renderText(template, values);
    return rendered.ok ? rendered.value : template.source;
  };
  switch (test.test) {
    case 'equals':
      return `equals "${shown(test.value)}"`;
    case 'contains':
      return `contains "${shown(test.value)}"`;
    case 'matches':
      return `matches /${test.pattern}/`;
    case 'empty':
      return test.empty ? 'no output' : 'some output';
    case 'lines':
      return `lines: ${comparisonText(test.compare, shown)}`;
    case 'number':
      return `one number, ${comparisonText(test.compare, shown)}${test.unit === undefined ? '' : ` ${test.unit}`}`;
    case 'json':
      return `${test.path} ${comparisonText(test.compare, shown)}`;
    case 'date': {
      const age =
        test.notOlderThanMs === undefined ? [] : [`at most ${formatDuration(test.notOlderThanMs)} old`];
      const after = test.after === undefined ? [] : [`after ${shown(test.after)}`];
      return `a date ${[...age, ...after].join(' and ')}`;
    }
    case 'digest':
      return `SHA-256 ${shown(test.value)}`;
    case 'same-as':
      return `the same as ${test.capture}`;
  }
}

/** Text made safe for the record, and cut to its limit without splitting a character or a mark. */
function fit(text: string, limit: number): string {
  const safe = escapeText(text.slice(0, limit + 1));
  if (safe.length <= limit && text.length <= limit) return safe;
  const cut = safe
    .slice(0, limit - 1)
    .replace(/<(?:U(?:\+[0-9A-F]{0,4})?)?$/, '')
    .replace(/[\ud800-\udbff]$/, '');
  return `${cut}…`;
}
