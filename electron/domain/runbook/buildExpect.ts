/** From the `expect` and `capture` of the file to the expectations and captures of the model. */
import { VarName } from '../../contract/ids.ts';
import type { Capture, Comparison, Expectation, Template, TextTest } from '../../contract/runbook.ts';
import type { Authoring } from './authoring.ts';
import { compact } from './compact.ts';
import { parseDecimal } from './decimal.ts';
import { parseDuration } from './duration.ts';
import { parseJsonPath } from './jsonPath.ts';
import {
  comparisonKeys,
  type CaptureMap,
  type Expect,
  type Scalar,
  type StreamTests,
} from './schemaExpect.ts';
import { constantOf } from './template.ts';
import type { Path } from './yamlSource.ts';

type Tests = Omit<StreamTests, 'not'>;
type Limits = { readonly [K in (typeof comparisonKeys)[number]]?: Scalar | Scalar[] | undefined };

/** `mode` rules out stderr where a pty has joined it with stdout. An expectation of exit 0 is added when there is none. */
export function buildExpect(
  a: Authoring,
  expect: Expect | undefined,
  path: Path,
  mode: 'pty' | 'exec',
): readonly Expectation[] {
  if (expect === undefined || Object.keys(expect).length === 0) {
    a.error(
      'expect.missing',
      expect === undefined ? path : [...path, 'expect'],
      'Nothing is expected, so nothing could be seen to hold.',
      {
        hint: 'add "expect: { exit: 0 }" at least',
      },
    );
    return [];
  }
  const at = [...path, 'expect'];
  if (expect.stderr !== undefined && mode === 'pty') {
    a.error(
      'expect.stderr-on-pty',
      [...at, 'stderr'],
      'A pty joins both streams, so there is no stderr to look at.',
      {
        key: true,
        hint: 'use "mode: exec", or expect it on stdout',
      },
    );
  }
  const codes = typeof expect.exit === 'number' ? [expect.exit] : (expect.exit ?? [0]);
  const all: Expectation[] = [{ on: 'exit', label: 'exit', codes: [...new Set(codes)] }];
  for (const on of ['stdout', 'stderr'] as const) {
    const tests = expect[on];
    if (tests === undefined) continue;
    const list = Array.isArray(tests) ? tests : [tests];
    list.forEach((one, i) => {
      all.push(...buildStream(a, on, one, Array.isArray(tests) ? [...at, on, i] : [...at, on]));
    });
  }
  return numbered(all);
}

/** Labels are unique within a step, so that a line of the record names exactly one expectation. */
function numbered(expectations: readonly Expectation[]): readonly Expectation[] {
  const seen = new Map<string, number>();
  return expectations.map((expectation) => {
    const n = (seen.get(expectation.label) ?? 0) + 1;
    seen.set(expectation.label, n);
    return n === 1 ? expectation : { ...expectation, label: `${expectation.label} (${String(n)})` };
  });
}

function buildStream(
  a: Authoring,
  on: 'stdout' | 'stderr',
  tests: StreamTests,
  path: Path,
): readonly Expectation[] {
  const { not, ...positive } = tests;
  const made = buildTests(a, positive, path).map((test) => expectation(on, false, test));
  const negated =
    not === undefined ? [] : buildTests(a, not, [...path, 'not']).map((test) => expectation(on, true, test));
  if (Object.keys(positive).length === 0 && (not === undefined || Object.keys(not).length === 0)) {
    a.error('expect.no-test', path, `Nothing is tested on ${on}.`, {
      hint: 'add equals, contains, matches, number, json …',
    });
  }
  return [...made, ...negated];
}

function expectation(on: 'stdout' | 'stderr', negate: boolean, test: TextTest): Expectation {
  const subject = test.test === 'json' ? `json ${test.path}` : test.test;
  return { on, label: `${on} ${negate ? 'not ' : ''}${subject}`, negate, test };
}

function buildTests(a: Authoring, tests: Tests, path: Path): readonly TextTest[] {
  const out: TextTest[] = [];
  const at = (key: string) => [...path, key];
  if (tests.equals !== undefined) out.push({ test: 'equals', value: a.text(tests.equals, at('equals')) });
  if (tests.contains !== undefined)
    out.push({
      test: 'contains',
      value: nonEmpty(a, a.text(tests.contains, at('contains')), at('contains')),
    });
  if (tests.matches !== undefined)
    out.push({ test: 'matches', pattern: a.pattern(tests.matches, at('matches')) });
  if (tests.empty !== undefined) out.push({ test: 'empty', empty: tests.empty });
  if (tests.lines !== undefined) {
    for (const compare of comparisons(a, tests.lines, at('lines'), true))
      out.push({ test: 'lines', compare });
  }
  if (tests.number !== undefined) {
    const { unit, ...limits } = tests.number;
    for (const compare of comparisons(a, limits, at('number'), true))
      out.push(compact({ test: 'number' as const, compare, unit }));
  }
  if (tests.json !== undefined) {
    const { path: jsonPath, ...limits } = tests.json;
    checkJsonPath(a, jsonPath, [...at('json'), 'path']);
    for (const compare of comparisons(a, limits, at('json'), false))
      out.push({ test: 'json', path: jsonPath, compare });
  }
  if (tests.date !== undefined) out.push(dateTest(a, tests.date, at('date')));
  if (tests.digest !== undefined)
    out.push({ test: 'digest', value: nonEmpty(a, a.text(tests.digest, at('digest')), at('digest')) });
  const capture = tests['same-as'];
  if (capture !== undefined) {
    a.checkReference(capture, at('same-as'), ['capture'], 'capture.unknown');
    out.push({ test: 'same-as', capture });
  }
  return out;
}

function nonEmpty(a: Authoring, template: Template, path: Path): Template {
  if (constantOf(template) === '')
    a.error('expect.no-test', path, 'Empty text is in every output.', { hint: 'say what to look for' });
  return template;
}

function dateTest(a: Authoring, date: NonNullable<Tests['date']>, path: Path): TextTest {
  const { after } = date;
  const age = date['not-older-than'];
  if (age === undefined && after === undefined) {
    a.error('expect.no-test', path, 'A date without limits tests nothing.', {
      hint: 'add "not-older-than: 24h" or "after: now"',
    });
  }
  return compact({
    test: 'date' as const,
    notOlderThanMs: age === undefined ? undefined : duration(a, age, [...path, 'not-older-than']),
    after: after === undefined ? undefined : a.text(after, [...path, 'after']),
  });
}

function comparisons(a: Authoring, limits: Limits, path: Path, numeric: boolean): readonly Comparison[] {
  const out: Comparison[] = [];
  for (const op of comparisonKeys) {
    const value = limits[op];
    if (value === undefined) continue;
    if (op === 'in') {
      const list = Array.isArray(value) ? value : [value];
      out.push({ op, values: list.map((item, i) => operand(a, item, [...path, op, i], numeric)) });
    } else if (!Array.isArray(value)) {
      out.push({ op, value: operand(a, value, [...path, op], numeric || op !== 'equals') });
    }
  }
  if (out.length === 0)
    a.error('expect.no-test', path, 'No limit is given.', {
      hint: `add one of: ${comparisonKeys.join(', ')}`,
    });
  return out;
}

function operand(a: Authoring, value: Scalar, path: Path, numeric: boolean): Template {
  const template = a.text(value, path);
  const constant = constantOf(template);
  if (numeric && constant !== undefined && parseDecimal(constant) === undefined) {
    a.error('expect.not-a-number', path, `"${constant.slice(0, 60)}" is not a number.`);
  }
  return template;
}

function checkJsonPath(a: Authoring, source: string, path: Path): void {
  const parsed = parseJsonPath(source);
  if (!parsed.ok) a.error('json-path.invalid', path, `The JSON path cannot be used: ${parsed.error}.`);
}

/** A duration in milliseconds; one that cannot be is reported. */
export function duration(a: Authoring, text: string, path: Path): number {
  const parsed = parseDuration(text);
  if (parsed.ok) return parsed.value;
  a.error('duration.invalid', path, `${parsed.error}.`);
  return 1;
}

export function buildCaptures(
  a: Authoring,
  captures: CaptureMap | undefined,
  path: Path,
  mode: 'pty' | 'exec',
): readonly Capture[] {
  return Object.entries(captures ?? {}).map(([key, spec]) => {
    const at = [...path, 'capture', key];
    const name = VarName.parse(key);
    const pick = typeof spec === 'string' ? { from: spec } : spec;
    const from = pick.from ?? 'stdout';
    if (from === 'stderr' && mode === 'pty') {
      a.error('expect.stderr-on-pty', at, 'A pty joins both streams, so there is no stderr to capture.', {
        hint: 'use "mode: exec"',
      });
    }
    if ('match' in pick && pick.match !== undefined) {
      if (pick.json !== undefined)
        a.error('capture.two-picks', at, 'A capture takes either a match or a JSON value.');
      return { name, from, pick: { kind: 'match', pattern: a.pattern(pick.match, [...at, 'match']) } };
    }
    if ('json' in pick && pick.json !== undefined) {
      checkJsonPath(a, pick.json, [...at, 'json']);
      return { name, from, pick: { kind: 'json', path: pick.json } };
    }
    return { name, from, pick: { kind: 'all' } };
  });
}
