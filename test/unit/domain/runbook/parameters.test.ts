import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ParameterType } from '../../../../electron/contract/runbook.ts';
import {
  checkParameters,
  neverNeedsQuotes,
  valueProblem,
} from '../../../../electron/domain/runbook/parameters.ts';
import { SHELL_SAFE } from '../../../../electron/domain/runbook/template.ts';
import { GOOD_STEP, parseGood, withSteps } from './example.ts';

const HEX = '0123456789abcdef'.repeat(4);
const t = (kind: Exclude<ParameterType['kind'], 'text' | 'choice'>): ParameterType => ({ kind });

describe('each type', () => {
  const good: readonly [ParameterType, readonly string[]][] = [
    [{ kind: 'text', maxLength: 5 }, ['a b', "it's", 'é日']],
    [t('name'), ['a', 'mazevault-prod', 'a.b-c', '0']],
    [t('version'), ['1', '1.2.3', 'v2.4.1', '1.2.3-rc.1', '1.2.3+build.5']],
    [{ kind: 'integer', min: -1, max: 10 }, ['-1', '0', '10']],
    [t('boolean'), ['true', 'false']],
    [{ kind: 'choice', options: ['a', 'b c'] }, ['a', 'b c']],
    [t('path'), ['/var/lib/a b', 'relative/x', '~/x', "it's"]],
    [t('host'), ['db', 'db-1.example.com', '192.0.2.1', '2001:db8::1', '::1']],
    [t('url'), ['https://a', 'http://a.example.com:8080/x?y=z#q', 'https://[2001:db8::1]:443/']],
    [t('digest'), [HEX, `sha256:${HEX}`]],
    [t('duration'), ['10s', '1h30m', '2d']],
    [t('image'), ['app', 'app:1.0', 'registry.example.com:5000/team/app:1.0', `team/app@sha256:${HEX}`]],
  ];
  test.each(good)('%o accepts what is one', (type, values) => {
    for (const value of values) expect([value, valueProblem(type, value)]).toEqual([value, null]);
  });

  const bad: readonly [ParameterType, readonly string[]][] = [
    [{ kind: 'text', maxLength: 5 }, ['', 'abcdef', 'a\nb', 'a\u001b', '\ud800']],
    [t('name'), ['A', '-a', 'a-', 'a_b', 'a b', 'a/b', 'é', 'a\n']],
    [t('version'), ['latest', '1.2.3.4.5', '1.2;id', '1.2 ', '1..2']],
    [
      { kind: 'integer', min: -1, max: 10 },
      ['-2', '11', '1.5', '1e1', '01', '0x1', ' 1', '99999999999999999999', '-0'],
    ],
    [t('boolean'), ['yes', 'True', '1']],
    [{ kind: 'choice', options: ['a'] }, ['b', 'A']],
    [t('path'), ['a\u0000b', 'a\nb', ' a']],
    [t('host'), ['user@db', 'db:22', '-db', 'a b', 'a..b', 'db;id', '[::1]']],
    [
      t('url'),
      [
        'ftp://a',
        'https://',
        'https://a b',
        'https://a:0',
        'https://a:99999',
        'https://user:pw@a',
        'javascript:x',
      ],
    ],
    [t('digest'), ['sha256:abc', HEX.slice(1), `sha512:${HEX}`]],
    [t('duration'), ['10', '10 s', '0s', '1m1h']],
    [t('image'), ['App', 'a:b:c', 'a@sha256:x', 'a b', '-a', 'a/']],
    [t('secret'), ['anything']],
  ];
  test.each(bad)('%o refuses what is none, and says why', (type, values) => {
    for (const value of values)
      expect([value, valueProblem(type, value)]).toEqual([
        value,
        expect.stringMatching(/^(must|is a secret)/),
      ]);
  });

  test('a type that may stand inside quotes accepts nothing that a shell could read otherwise', () => {
    const quoteFree: ParameterType[] = [
      t('name'),
      t('version'),
      { kind: 'integer' },
      t('boolean'),
      t('digest'),
      t('duration'),
      t('host'),
    ];
    const chars = fc.string({
      unit: fc.constantFrom(...Array.from('aZ09.-_:/%+@= \'"\\$`;&|*~#!()[]{}<>?^,\n\té')),
      minLength: 1,
      maxLength: 12,
    });
    fc.assert(
      fc.property(fc.constantFrom(...quoteFree), fc.oneof(chars, fc.string()), (type, value) => {
        expect(neverNeedsQuotes(type)).toBe(true);
        if (valueProblem(type, value) === null) expect(value).toMatch(SHELL_SAFE);
      }),
      { numRuns: 2000 },
    );
    expect(neverNeedsQuotes({ kind: 'choice', options: ['a', 'b c'] })).toBe(false);
    expect(neverNeedsQuotes({ kind: 'choice', options: ['a', 'b-c'] })).toBe(true);
  });

  test('hostile length is no problem', () => {
    for (const [type] of [...good, ...bad]) {
      if (type.kind !== 'path') expect(valueProblem(type, `${'a-.'.repeat(1300)}!`)).not.toBeNull();
      expect(valueProblem(type, 'a'.repeat(4097))).not.toBeNull();
    }
  });
});

describe('what was entered before a run', () => {
  const runbook = parseGood(
    withSteps(`- ${GOOD_STEP}`).replace(
      'label: { title: Label, type: text }',
      'label: { title: Label, type: text }\n  size: { title: Size, type: integer, required: true, max: 9 }',
    ),
  );

  test('defaults are applied and optional values are empty', () => {
    const { values, problems } = checkParameters(runbook, {
      parameters: { size: '3', namespace: '' },
      variants: { link: 'connected' },
    });
    expect(problems).toEqual([]);
    expect(Object.fromEntries(values)).toEqual({
      namespace: 'mazevault',
      label: '',
      size: '3',
      link: 'connected',
    });
  });

  test('every problem has its field', () => {
    const { values, problems } = checkParameters(runbook, {
      parameters: { namespace: 'Prod', nmespace: 'x', token: 's3cret', size: '10' },
      variants: { link: 'conected', lnk: 'x' },
    });
    expect(Object.fromEntries(problems.map((p) => [p.field, p.message]))).toEqual({
      'parameters.namespace':
        'Namespace must be lower-case letters, digits, "-" and ".", such as mazevault-prod.',
      'parameters.size': 'Size must be at most 9.',
      'parameters.token': 'A secret is never stored. Leave it empty.',
      'parameters.nmespace': 'This runbook has no parameter "nmespace". Did you mean "namespace"?',
      'variants.link': 'Link must be one of: connected, air-gapped.',
      'variants.lnk': 'This runbook has no variant "lnk". Did you mean "link"?',
    });
    expect(JSON.stringify([...values])).not.toContain('s3cret');
  });

  test('what is required must be given; inherited names are not values', () => {
    const { problems } = checkParameters(runbook, {
      parameters: Object.create({ size: '1' }) as Record<string, string>,
      variants: {},
    });
    expect(problems.map((p) => p.field)).toEqual(['parameters.size', 'variants.link']);
  });
});
