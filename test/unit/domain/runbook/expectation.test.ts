import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Check } from '../../../../electron/contract/records.ts';
import {
  describe as describeExpectations,
  evaluate,
  type Observation,
} from '../../../../electron/domain/runbook/expectation.ts';
import { stepOf, withSteps } from './example.ts';

const LONE_SURROGATE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;

const NOW = new Date('2026-11-21T12:00:00Z');
const HEX = 'a'.repeat(64);

/** Expectations as an author writes them (YAML flow). */
function expectations(yaml: string) {
  const before = '- { id: made, run: "true", risk: read, expect: { exit: 0 }, capture: { before: stdout } }';
  const one = stepOf(
    withSteps(`${before}\n- { id: one, run: "true", mode: exec, risk: read, expect: ${yaml} }`),
    'one',
  );
  if (one.kind !== 'run') throw new Error('not a run step');
  return one.expect;
}
function seen(stdout: string, more: Partial<Observation> = {}): Observation {
  return { end: { how: 'exit', code: 0 }, stdout, stderr: '', truncated: false, ...more };
}
function judge(
  yaml: string,
  observation: Observation,
  values: Record<string, string> = {},
): readonly Check[] {
  return evaluate(expectations(yaml), observation, values, NOW);
}
/** The one check of stdout. */
function stdout(
  test: string,
  text: string,
  values: Record<string, string> = {},
  more: Partial<Observation> = {},
): Check {
  const check = judge(`{ stdout: ${test} }`, seen(text, more), values)[1];
  if (check === undefined) throw new Error('no check');
  return check;
}

describe('exit', () => {
  test.each([
    ['{ exit: 0 }', { how: 'exit', code: 0 }, true, 'exit 0'],
    ['{ exit: 0 }', { how: 'exit', code: 1 }, false, 'exit 1'],
    ['{ exit: [0, 2] }', { how: 'exit', code: 2 }, true, 'exit 2'],
    ['{ exit: 0 }', { how: 'signal', signal: 'KILL' }, false, 'ended by signal KILL'],
    ['{ exit: 0 }', { how: 'timeout', afterMs: 300_000 }, false, 'no end within 5 min'],
    ['{ exit: 0 }', { how: 'lost', why: 'reset' }, false, 'contact lost, outcome not known: reset'],
  ] as const)('%s with %o', (yaml, end, ok, actual) => {
    expect(judge(yaml, seen('', { end }))).toEqual([
      { name: 'exit', expected: yaml.includes('[') ? 'exit 0 or 2' : 'exit 0', actual, ok },
    ]);
  });

  test('is expected to be 0 when the author left it out', () => {
    const checks = judge('{ stdout: { contains: a } }', seen('a', { end: { how: 'exit', code: 1 } }));
    expect(checks.map((c) => [c.name, c.ok])).toEqual([
      ['exit', false],
      ['stdout contains', true],
    ]);
  });
});

describe('what holds and what does not', () => {
  const cases: readonly [test: string, text: string, ok: boolean][] = [
    ['{ equals: healthy }', 'healthy\n', true],
    ['{ equals: healthy }', 'unhealthy\n', false],
    ['{ equals: healthy }', ' healthy', false],
    ['{ equals: healthy }', '\u001b[32mhealthy\u001b[0m\r\n', true],
    ['{ contains: OK }', 'all OK here', true],
    ['{ contains: OK }', 'ok', false],
    ['{ not: { contains: ERROR } }', 'fine', true],
    ['{ not: { contains: ERROR } }', 'an ERROR', false],
    ['{ not: { equals: a } }', 'b', true],
    ['{ matches: "^done$" }', 'a\ndone\nb', true],
    ['{ matches: "^done$" }', 'not done', false],
    ['{ empty: false }', 'x', true],
    ['{ empty: true }', 'x', false],
    ['{ lines: { equals: 2 } }', 'a\nb\n', true],
    ['{ lines: { at-least: 3 } }', 'a\nb\n', false],
    ['{ number: { at-least: 10 } }', '  10\n', true],
    ['{ number: { at-least: 10 } }', '9.99', false],
    ['{ number: { above: 0.1 } }', '0.10000000000000000000001', true],
    ['{ number: { equals: 0.3 } }', '0.30', true],
    ['{ number: { in: [1, 2] } }', '2', true],
    ['{ number: { below: 5 } }', '3 of 5', false],
    ['{ number: { below: 5 } }', '0x3', false],
    ['{ number: { below: 80, unit: "%" } }', '42 %', true],
    ['{ number: { below: 80, unit: "%" } }', '42%', true],
    ['{ number: { below: 80, unit: "%" } }', '42', false],
    ['{ number: { below: 80 } }', '42%', false],
    ['{ not: { number: { equals: 5 } } }', 'five', false],
    ['{ json: { path: $.status, equals: healthy } }', '{"status":"healthy"}', true],
    ['{ json: { path: $.status, equals: healthy } }', '{"status":"degraded"}', false],
    ['{ json: { path: $.status, equals: healthy } }', '{"other":"healthy"}', false],
    ['{ json: { path: $.status, equals: healthy } }', 'healthy', false],
    ['{ json: { path: $.n, equals: 1.0 } }', '{"n":1}', true],
    ['{ json: { path: $.ok, equals: true } }', '{"ok":true}', true],
    ['{ json: { path: "$.items[0][\\"a b\\"]", at-most: 3 } }', '{"items":[{"a b":3}]}', true],
    ['{ json: { path: $.items, equals: "" } }', '{"items":[]}', false],
    ['{ json: { path: $.toString, equals: x } }', '{}', false],
    ['{ not: { json: { path: $.status, equals: degraded } } }', '{"state":"degraded"}', false],
    ['{ json: { path: $.s, in: [a, b] } }', '{"s":"b"}', true],
    ['{ date: { not-older-than: 24h } }', '2026-11-21T00:00:00Z', true],
    ['{ date: { not-older-than: 24h } }', '2026-11-20T11:59:59Z', false],
    ['{ date: { not-older-than: 24h } }', '2026-11-22T12:00:00Z', false],
    ['{ date: { not-older-than: 24h } }', '2026-11-21 11:00:00', false],
    ['{ date: { after: now+20d } }', 'notAfter=Dec 21 10:00:00 2026 GMT', true],
    ['{ date: { after: now+30d } }', 'notAfter=Dec 21 10:00:00 2026 GMT', false],
    ['{ date: { after: 2026-02-30 } }', '2026-11-21', false],
    [`{ digest: "sha256:${HEX}" }`, `${HEX.toUpperCase()}  file\n`, true],
    [`{ digest: ${HEX} }`, `repo@sha256:${HEX}`, true],
    [`{ digest: ${HEX} }`, `${HEX} a\n${'b'.repeat(64)} b`, false],
    [`{ digest: ${HEX} }`, `${HEX}0`, false],
  ];
  test.each(cases)('%s on %j: %s', (yaml, text, ok) => {
    expect(stdout(yaml, text).ok).toBe(ok);
  });

  test('values are filled in, and what was seen is said', () => {
    expect(
      stdout('{ number: { at-least: "${baseline}" } }'.replace('baseline', 'namespace'), '7', {
        namespace: '8',
      }),
    ).toEqual({
      name: 'stdout number',
      expected: 'one number, at least 8',
      actual: '7',
      ok: false,
    });
    expect(stdout('{ same-as: before }', 'abc\n', { before: 'abc' }).ok).toBe(true);
    expect(stdout('{ same-as: before }', 'abc\n', {}).ok).toBe(false);
    expect(stdout('{ same-as: before }', 'abc\n', { before: 'abd' }).ok).toBe(false);
    // As a capture of several lines stands in the record.
    expect(stdout('{ same-as: before }', ' a\n\tb\n', { before: 'a<U+000A><U+0009>b' }).ok).toBe(true);
    expect(stdout('{ same-as: before }', 'a\nc\n', { before: 'a<U+000A>b' }).ok).toBe(false);
    expect(stdout('{ same-as: before }', 'x'.repeat(5000), { before: 'x'.repeat(4096) }).ok).toBe(false);
  });

  test('a missing value or one that is empty by accident never holds', () => {
    expect(stdout('{ contains: "${label}" }', 'anything', { label: '' })).toMatchObject({
      ok: false,
      actual: 'the expected value ${label} is empty',
    });
    expect(stdout('{ equals: "${label}" }', '', { label: '' }).ok).toBe(false);
    expect(stdout('{ contains: "${label}" }', 'anything').ok).toBe(false);
    expect(stdout('{ not: { contains: "${label}" } }', 'anything').ok).toBe(false);
  });

  test('stderr is its own stream', () => {
    const checks = judge(
      '{ stderr: { contains: warn }, stdout: { contains: out } }',
      seen('out', { stderr: 'warn' }),
    );
    expect(checks.map((c) => c.ok)).toEqual([true, true, true]);
    expect(judge('{ stderr: { contains: warn } }', seen('warn'))[1]?.ok).toBe(false);
  });
});

const everyTest = [
  '{ equals: a }',
  '{ contains: a }',
  '{ matches: "a*" }',
  '{ matches: "^$" }',
  '{ empty: false }',
  '{ lines: { at-most: 5 } }',
  '{ lines: { at-least: 0 } }',
  '{ number: { at-least: 0 } }',
  '{ json: { path: $, equals: a } }',
  '{ date: { not-older-than: 1h } }',
  `{ digest: ${HEX} }`,
  '{ same-as: before }',
];

describe('nothing passes unseen', () => {
  const blank = fc.string({
    unit: fc.constantFrom(' ', '\n', '\r\n', '\t', '\u001b[0m', '\u0007'),
    maxLength: 12,
  });

  test.each([...everyTest, ...everyTest.filter((t) => !t.includes('empty')).map((t) => `{ not: ${t} }`)])(
    '%s fails on empty output',
    (yaml) => {
      const all = expectations(`{ stdout: ${yaml} }`);
      fc.assert(
        fc.property(blank, fc.constantFrom('', ' ', 'a'), (text, before) => {
          const check = evaluate(all, seen(text), { before }, NOW)[1];
          expect(check).toMatchObject({ ok: false, actual: 'no output, so nothing was seen' });
        }),
        { numRuns: 30 },
      );
    },
  );

  test.each([
    '{ empty: true }',
    '{ equals: "" }',
    '{ lines: { equals: 0 } }',
    '{ lines: { in: [0, 1] } }',
    '{ not: { empty: false } }',
  ])('%s says that no output is wanted', (yaml) => {
    expect(stdout(yaml, '').ok).toBe(true);
  });

  test('a negated test beside "empty: true" may see nothing', () => {
    expect(judge('{ stdout: { empty: true, not: { contains: ERROR } } }', seen('')).map((c) => c.ok)).toEqual(
      [true, true, true],
    );
    expect(
      judge('{ stderr: { empty: true }, stdout: { not: { contains: ERROR } } }', seen('')).map((c) => c.ok),
    ).toEqual([true, false, true]);
  });

  test.each([
    '{ equals: a }',
    '{ lines: { equals: 1 } }',
    '{ not: { contains: b } }',
    '{ not: { matches: b } }',
    '{ same-as: before }',
  ])('%s cannot be told from incomplete output', (yaml) => {
    expect(stdout(yaml, 'a', { before: 'a' }).ok).toBe(true);
    expect(stdout(yaml, 'a', { before: 'a' }, { truncated: true })).toMatchObject({
      ok: false,
      actual: expect.stringContaining('incomplete') as string,
    });
    expect(stdout(yaml, 'a', { before: 'a' }, { end: { how: 'lost', why: 'x' } }).ok).toBe(false);
  });

  test('what was seen in incomplete output was seen', () => {
    expect(stdout('{ contains: a }', 'a', {}, { truncated: true }).ok).toBe(true);
    expect(stdout('{ empty: false }', 'a', {}, { truncated: true }).ok).toBe(true);
  });

  test('a pattern looks at the first MiB and says so', () => {
    const long = `${'x\n'.repeat(600_000)}needle`;
    expect(stdout('{ matches: needle }', long)).toMatchObject({
      ok: false,
      actual: expect.stringContaining('first 1 MiB') as string,
    });
    expect(stdout('{ not: { matches: needle } }', long).ok).toBe(false);
    expect(stdout('{ contains: needle }', long).ok).toBe(true);
  });
});

describe('what goes into the record', () => {
  test('is short and holds no control characters, whatever came out', () => {
    const all = expectations(`{ stdout: [${everyTest.join(', ')}] }`);
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary', maxLength: 3000 }),
          fc.string({ maxLength: 20 }).map((s) => s.repeat(500)),
        ),
        (text) => {
          for (const { name, expected, actual } of evaluate(all, seen(text), { before: text }, NOW)) {
            expect([name.length <= 300, expected.length <= 1000, actual.length <= 1000]).toEqual([
              true,
              true,
              true,
            ]);
            expect(`${name}${expected}${actual}`).not.toMatch(
              /[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/,
            );
            expect(!LONE_SURROGATE.test(name + expected + actual)).toBe(true);
          }
        },
      ),
      { numRuns: 100 },
    );
  });

  test('the list for the preview has the same names and texts as the checks', () => {
    const all = expectations(
      '{ exit: [0, 1], stdout: { json: { path: $.a, in: [1, 2] }, not: { contains: "${namespace}" } } }',
    );
    const listed = describeExpectations(all, { namespace: 'prod' });
    expect(listed).toEqual([
      { label: 'exit', expected: 'exit 0 or 1' },
      { label: 'stdout json $.a', expected: '$.a one of 1, 2' },
      { label: 'stdout not contains', expected: 'not: contains "prod"' },
    ]);
    expect(
      evaluate(all, seen('{}'), { namespace: 'prod' }, NOW).map(({ name, expected }) => ({
        label: name,
        expected,
      })),
    ).toEqual(listed);
  });
});
