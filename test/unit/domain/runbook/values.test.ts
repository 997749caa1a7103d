import fc from 'fast-check';
import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { VarName } from '../../../../electron/contract/ids.ts';
import type { Capture } from '../../../../electron/contract/runbook.ts';
import { pickCaptures } from '../../../../electron/domain/runbook/capture.ts';
import {
  checkCondition,
  conditionRefs,
  evaluateCondition,
  type ConditionScope,
} from '../../../../electron/domain/runbook/condition.ts';
import { parseDate, parseMoment } from '../../../../electron/domain/runbook/dates.ts';
import { compareDecimals, parseDecimal } from '../../../../electron/domain/runbook/decimal.ts';
import { formatDuration, parseDuration } from '../../../../electron/domain/runbook/duration.ts';
import type { Observation } from '../../../../electron/domain/runbook/expectation.ts';
import { parseJsonPath, valueAt } from '../../../../electron/domain/runbook/jsonPath.ts';
import { checkPattern } from '../../../../electron/domain/runbook/pattern.ts';
import { nearest } from '../../../../electron/domain/runbook/suggest.ts';
import { schemaFiles, schemaText } from '../../../../scripts/schema.mjs';

describe('durations', () => {
  test.each([
    ['10s', 10_000],
    ['15m', 900_000],
    ['1h30m', 5_400_000],
    ['2h', 7_200_000],
    ['500ms', 500],
    ['1d1h1m1s1ms', 90_061_001],
  ])('%s', (text, ms) => {
    expect(parseDuration(text)).toEqual({ ok: true, value: ms });
  });
  test.each(['', '10', 's', '1.5h', '-1s', '1s1h', '0s', '1 h', '1H', '367d', '9'.repeat(400)])(
    '%j is none',
    (text) => {
      expect(parseDuration(text).ok).toBe(false);
    },
  );
  test.each([
    [0, '0 ms'],
    [999, '999 ms'],
    [45_000, '45 s'],
    [600_000, '10 min'],
    [5_400_000, '1 h 30 min'],
    [90_500, '1 min 31 s'],
    [3_599_900, '1 h'],
    [86_400_000, '1 d'],
    [187_200_000, '2 d 4 h'],
  ])('%i ms is %s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });
});

describe('dates', () => {
  test.each([
    ['2026-11-21', '2026-11-21T00:00:00.000Z'],
    ['2026-11-21T10:20:30Z', '2026-11-21T10:20:30.000Z'],
    ['2026-11-21T10:20:30.5+02:00', '2026-11-21T08:20:30.500Z'],
    ['2026-11-21 10:20:30.123456+00', '2026-11-21T10:20:30.123Z'],
    ['2026-11-21 10:20:30 UTC', '2026-11-21T10:20:30.000Z'],
    ['2026-11-21T10:20:30-0330', '2026-11-21T13:50:30.000Z'],
    ['notAfter=Nov 21 10:00:00 2026 GMT', '2026-11-21T10:00:00.000Z'],
    ['Jan  2 03:04:05 2027 GMT', '2027-01-02T03:04:05.000Z'],
  ])('%s', (text, iso) => {
    expect(new Date(parseDate(text) ?? NaN).toISOString()).toBe(iso);
  });
  test.each([
    '',
    'today',
    '2026-02-30',
    '2026-13-01',
    '2026-11-21T10:20:30',
    '2026-11-21T25:00:00Z',
    'Nov 31 10:00:00 2026 GMT',
    'Foo 1 10:00:00 2026 GMT',
    '1763719200',
    '21.11.2026',
  ])('%j is none', (text) => {
    expect(parseDate(text)).toBeUndefined();
  });
  test('moments relative to now', () => {
    const now = new Date('2026-11-21T12:00:00Z');
    expect(parseMoment('now', now)).toBe(now.getTime());
    expect(parseMoment('now+1d', now)).toBe(now.getTime() + 86_400_000);
    expect(parseMoment('now-1h30m', now)).toBe(now.getTime() - 5_400_000);
    expect(parseMoment('now+soon', now)).toBeUndefined();
  });
});

describe('decimals', () => {
  test('compare as the numbers they are', () => {
    const compare = (a: string, b: string) => {
      const [x, y] = [parseDecimal(a), parseDecimal(b)];
      return x === undefined || y === undefined ? NaN : compareDecimals(x, y);
    };
    expect([
      compare('0.1', '0.10'),
      compare('1e3', '1000'),
      compare('-1', '-0.5'),
      compare('9007199254740993', '9007199254740992'),
    ]).toEqual([0, 0, -1, 1]);
    fc.assert(
      fc.property(fc.integer(), fc.integer(), (a, b) => {
        expect(compare(String(a), String(b))).toBe(Math.sign(a - b));
      }),
    );
  });
  test.each(['', ' 1', '1,000', '0x1', 'NaN', 'Infinity', '1.', '.5', '1e9999', '--1'])(
    '%j is none',
    (text) => {
      expect(parseDecimal(text)).toBeUndefined();
    },
  );
});

describe('JSON paths', () => {
  const document: unknown = JSON.parse('{"a":{"b":[{"c d":1},{"e-f":null}]},"__proto__":{"x":2}}');
  test.each([
    ['$', document],
    ['$.a.b[0]["c d"]', 1],
    ["$.a.b[0]['c d']", 1],
    ['$.a.b[-1].e-f', null],
    ['$.__proto__.x', 2],
  ])('%s', (path, value) => {
    const parsed = parseJsonPath(path);
    expect(parsed.ok && valueAt(document, parsed.value)).toEqual({ value });
  });
  test.each(['$.a.c', '$.a.b[5]', '$.a[0]', '$.a.b.length', '$.toString', '$.a.b[-3]'])(
    '%s leads nowhere',
    (path) => {
      const parsed = parseJsonPath(path);
      expect(parsed.ok && valueAt(document, parsed.value)).toBeUndefined();
    },
  );
  test.each(['', 'a', '$a', '$.', '$..a', '$.a[*]', '$[?(@.x)]', '$["a', '$[1.5]'])(
    '%j is no path',
    (path) => {
      expect(parseJsonPath(path).ok).toBe(false);
    },
  );
});

describe('patterns', () => {
  test.each([
    '^a+$',
    '(foo|bar)+',
    '(?:ab)*c',
    '[a-z]+\\d{2,4}',
    '(a+)?',
    'version: (\\d+)\\.(\\d+)',
    '\\p{L}+',
    '(a|b)*',
    '([^)]*)',
  ])('%s is fine', (source) => {
    expect(checkPattern(source)).toEqual({ ok: true, value: null });
  });
  test.each([
    '(a+)+',
    '(a*)*b',
    '([a-z]+)*$',
    '((a+)b?)+',
    '(a|ab)*',
    '(?:\\w|x)+',
    '(.|\\n)*',
    '(a+){2,}',
    '(x+x+)+y',
    '(a{1,}){200}',
    '(?<n>a+)+',
    '(',
    '[',
    'a'.repeat(1001),
  ])('%s is refused', (source) => {
    expect(checkPattern(source).ok).toBe(false);
  });
});

describe('captures', () => {
  const seen: Observation = {
    end: { how: 'exit', code: 0 },
    stdout: '\u001b[1mid: 42\u001b[0m\r\n',
    stderr: '{"a":[1,"x"]}',
    truncated: false,
  };
  const capture = (pick: Capture['pick'], from: Capture['from'] = 'stdout'): Capture => ({
    name: VarName.parse('made'),
    from,
    pick,
  });
  test.each([
    [capture({ kind: 'all' }), 'id: 42'],
    [capture({ kind: 'match', pattern: 'id: (\\d+)' }), '42'],
    [capture({ kind: 'match', pattern: '\\d+' }), '42'],
    [capture({ kind: 'json', path: '$.a[1]' }, 'stderr'), 'x'],
    [capture({ kind: 'json', path: '$.a[0]' }, 'stderr'), '1'],
  ])('%o', (one, made) => {
    expect(pickCaptures([one], seen)).toEqual({ ok: true, value: { made } });
  });
  test.each([
    [capture({ kind: 'match', pattern: 'x(\\d+)' }), seen, /does not match/],
    [capture({ kind: 'json', path: '$.b' }, 'stderr'), seen, /there is no \$\.b/],
    [capture({ kind: 'json', path: '$.a' }, 'stderr'), seen, /not a single value/],
    [capture({ kind: 'json', path: '$.a' }), seen, /not JSON/],
    [capture({ kind: 'all' }), { ...seen, stdout: ' \n' }, /empty/],
    [capture({ kind: 'all' }), { ...seen, stdout: 'x'.repeat(4097) }, /longer than 4096/],
    [capture({ kind: 'all' }), { ...seen, truncated: true }, /incomplete/],
  ] as const)('%o fails with its reason', (one, observation, why) => {
    expect(pickCaptures([one], observation)).toMatchObject({
      ok: false,
      error: expect.stringMatching(why) as string,
    });
  });
});

describe('conditions', () => {
  const scope: ConditionScope = {
    variant: { link: 'air-gapped' },
    param: { replicas: '3' },
    capture: { entries: '12' },
    choice: {},
    step: { 'dump-it': { state: 'passed' } },
  };
  test.each([
    ['variant.link == "air-gapped"', true],
    ['int(param.replicas) > 2 && int(capture.entries) >= 12', true],
    ['step["dump-it"].state in ["passed", "overridden"]', true],
    ['has(choice.way) && choice.way == "go"', false],
    ['"way" in choice', false],
    ['!(variant.link == "connected")', true],
    ['param.replicas.matches("^[0-9]$")', true],
    ['variant.link.startsWith("air") ? true : false', true],
  ])('%s is %s', (expression, value) => {
    expect(evaluateCondition(expression, scope)).toEqual({ ok: true, value });
  });
  test.each([
    'variant.link',
    '1 + 1',
    '"true"',
    'variant.',
    '',
    'foo.bar == "x"',
    'param.replicas > 2',
    'variant == "x"',
    'choice.way',
    'step["x" + "y"].state == "a"',
    '[1, 2].all(x, x > 0)',
    'param.x.matches(param.y)',
    'param.x.matches("(a+)+$")',
    'constructor == "x"',
    'variant.link = "x"',
    `${'('.repeat(200)}true${')'.repeat(200)}`,
  ])('%j is refused before it runs', (expression) => {
    expect(checkCondition(expression).ok).toBe(false);
    expect(evaluateCondition(expression, scope).ok).toBe(false);
  });
  test.each([
    'choice.way == "go"',
    'capture.nothing == ""',
    'step["later"].state == "passed"',
    'variant.constructor == "x"',
    'int(variant.link) > 1',
  ])('%s is an error and never false, when there is no such value', (expression) => {
    expect(checkCondition(expression).ok).toBe(true);
    expect(evaluateCondition(expression, scope)).toMatchObject({
      ok: false,
      error: expect.stringMatching(/./) as string,
    });
  });
  test('lists what it refers to', () => {
    const text = 'variant.a == "x" || (param["b"] == capture.c && step["d-e"].state == "passed")';
    const refs = conditionRefs(text);
    expect(refs).toMatchObject({
      ok: true,
      value: [
        { scope: 'variant', name: 'a' },
        { scope: 'param', name: 'b' },
        { scope: 'capture', name: 'c' },
        { scope: 'step', name: 'd-e' },
      ],
    });
    expect(refs.ok && refs.value.map(({ start, end }) => text.slice(start, end))).toEqual([
      'variant.a',
      'param["b"]',
      'capture.c',
      'step["d-e"]',
    ]);
  });
});

test('the nearest name, when it is near', () => {
  expect(nearest('timout', ['timeout', 'title'])).toBe('timeout');
  expect(nearest('min_length', ['min-length', 'max-length'])).toBe('min-length');
  expect(nearest('nope', ['timeout', 'title'])).toBeUndefined();
  expect(nearest('x', [])).toBeUndefined();
});

describe.each([...schemaFiles])('the published %s', (name) => {
  const file = new URL(`../../../../runbooks/${name}`, import.meta.url);
  test('is up to date (npm run schema)', async () => {
    expect(await readFile(file, 'utf8')).toBe(await schemaText(name));
  });
  test('explains every field', async () => {
    const fields: string[] = [];
    const walk = (node: unknown, place: string): void => {
      if (typeof node !== 'object' || node === null) return;
      const properties: unknown = 'properties' in node ? node.properties : undefined;
      if (
        typeof properties === 'object' &&
        properties !== null &&
        !('properties' in properties && place.endsWith('properties'))
      ) {
        for (const [name, field] of Object.entries(properties)) {
          const known: unknown = field;
          const text =
            typeof known === 'object' && known !== null && ('description' in known || '$ref' in known);
          if (!text) fields.push(`${place}.${name}`);
        }
      }
      for (const [key, child] of Object.entries(node)) walk(child, `${place}.${key}`);
    };
    walk(JSON.parse(await readFile(file, 'utf8')), '$');
    expect(fields).toEqual([]);
  });
});
