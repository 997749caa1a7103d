import { describe, expect, it } from 'vitest';
import {
  add,
  exitCode,
  fromPlaywright,
  fromVitest,
  skipReasons,
  summary,
  unsteady,
} from '../../../scripts/lib/tally.mjs';

function vitestReport(
  ...files: readonly { readonly status: string; readonly tests: readonly string[] }[]
): string {
  return JSON.stringify({
    testResults: files.map(({ status, tests }) => ({
      status,
      assertionResults: tests.map((one) => ({ status: one })),
    })),
  });
}

describe('counting vitest', () => {
  it('counts what passed, failed and was skipped', () => {
    const report = vitestReport(
      { status: 'failed', tests: ['passed', 'failed', 'pending'] },
      { status: 'passed', tests: ['passed', 'todo', 'skipped'] },
    );
    expect(fromVitest(report, 1)).toEqual({ passed: 2, failed: 1, skipped: 3 });
  });

  it('counts a file that could not be loaded', () => {
    const report = vitestReport({ status: 'failed', tests: [] }, { status: 'passed', tests: ['passed'] });
    expect(fromVitest(report, 1)).toEqual({ passed: 1, failed: 1, skipped: 0 });
  });

  it('counts a bad end with every test passed, as an unhandled rejection leaves it', () => {
    expect(fromVitest(vitestReport({ status: 'passed', tests: ['passed'] }), 1).failed).toBe(1);
  });

  it.each([undefined, '', '{"testResults": [', '{}', 'null'])(
    'counts a missing or broken report: %s',
    (text) => {
      expect(fromVitest(text, 0)).toEqual({ passed: 0, failed: 1, skipped: 0 });
    },
  );
});

describe('counting playwright', () => {
  it('counts what passed, also on a second try, failed and was skipped', () => {
    const report = JSON.stringify({ stats: { expected: 3, unexpected: 1, flaky: 1, skipped: 2 } });
    expect(fromPlaywright(report, 1)).toEqual({ passed: 4, failed: 1, skipped: 2 });
  });

  it('counts a run that ended badly, and one without a report', () => {
    const report = JSON.stringify({ stats: { expected: 0, unexpected: 0, flaky: 0, skipped: 0 } });
    expect(fromPlaywright(report, 1).failed).toBe(1);
    expect(fromPlaywright(undefined, 0).failed).toBe(1);
  });
});

describe('a test that passed on its second try', () => {
  it('is named by what it failed of first, from either runner', () => {
    const one = (fullName: string, status: string, ...failureMessages: readonly string[]) => ({
      fullName,
      status,
      failureMessages,
    });
    const nodes = [
      one('a', 'passed'),
      one('b', 'passed', 'Error: lost\n  at b'),
      one('c', 'failed', 'Error: wrong'),
    ];
    expect(unsteady(JSON.stringify({ testResults: [{ assertionResults: nodes }] }))).toEqual([
      'unsteady: b: Error: lost',
    ]);
    const spec = (title: string, status: string, ...messages: readonly string[]) => ({
      title,
      tests: [{ status, results: [...messages.map((message) => ({ error: { message } })), {}] }],
    });
    const pages = {
      suites: [{ suites: [{ specs: [spec('d', 'expected'), spec('e', 'flaky', 'late\nat e')] }] }],
    };
    expect(unsteady(JSON.stringify(pages))).toEqual(['unsteady: e: late']);
  });

  it.each([undefined, '{', '{}'])('is not looked for in a missing or broken report: %s', (text) => {
    expect(unsteady(text)).toEqual([]);
  });
});

describe('the last line', () => {
  it('names skipped tests only when there are some', () => {
    expect(summary({ passed: 3, failed: 0, skipped: 0 })).toBe('3 passed, 0 failed');
    expect(summary({ passed: 3, failed: 1, skipped: 2 })).toBe(
      'skipped: 2, each with its reason above\n3 passed, 1 failed',
    );
  });

  it('is a success only when something passed and nothing failed', () => {
    expect(exitCode(add())).toBe(1);
    expect(exitCode({ passed: 0, failed: 0, skipped: 9 })).toBe(1);
    expect(exitCode({ passed: 9, failed: 1, skipped: 0 })).toBe(1);
    expect(exitCode({ passed: 9, failed: 0, skipped: 1 })).toBe(0);
  });

  it('says why browser tests were skipped, once for each reason', () => {
    const test = (status: string, description?: string) => ({
      tests: [{ status, annotations: description === undefined ? [] : [{ type: 'skip', description }] }],
    });
    const report = {
      suites: [
        {
          specs: [test('expected'), test('skipped', 'no binary')],
          suites: [{ specs: [test('skipped', 'no binary'), test('skipped')] }],
        },
      ],
    };
    expect(skipReasons(JSON.stringify(report))).toEqual([
      'skipped 2: no binary',
      'skipped 1: no reason given',
    ]);
    expect(skipReasons(undefined)).toEqual([]);
  });
});
