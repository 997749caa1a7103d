/** What is remembered of pure functions: the same as if it were made anew, and never more than there is room for. */
import { describe, expect, test } from 'vitest';
import { recent } from '../../../electron/domain/recent.ts';
import { relinkProblem } from '../../../electron/domain/runbook/link/relink.ts';
import { parseRunbook } from '../../../electron/domain/runbook/parse.ts';
import { runbookText } from '../../fixtures/runs/desk.ts';

function counting() {
  const made: string[] = [];
  return {
    made,
    make: (key: string) => () => {
      made.push(key);
      return made.length;
    },
  };
}

describe('recent', () => {
  test('makes a thing once, though it be undefined', () => {
    const { made, make } = counting();
    const known = recent<number | undefined>(10);
    expect([known.of('a', make('a')), known.of('b', make('b')), known.of('a', make('a'))]).toEqual([1, 2, 1]);
    expect(made).toEqual(['a', 'b']);
    expect(known.of('c', () => undefined)).toBeUndefined();
    expect(known.of('c', make('c'))).toBeUndefined();
  });

  test('forgets what was asked for longest ago when the keys have no room any more', () => {
    const { made, make } = counting();
    const known = recent<number>(6);
    for (const key of ['aa', 'bb', 'cc', 'aa', 'dd', 'aa', 'cc', 'bb']) known.of(key, make(key));
    expect(made).toEqual(['aa', 'bb', 'cc', 'dd', 'bb']);
  });

  test('keeps nothing that is larger than its room, and nothing of what could not be made', () => {
    const { made, make } = counting();
    const known = recent<number>(3);
    known.of('a', make('a'));
    known.of('large', make('large'));
    known.of('large', make('large'));
    expect(made).toEqual(['a', 'large', 'large']);
    const failing = () => {
      throw new Error('no');
    };
    expect(() => known.of('b', failing)).toThrow('no');
    expect(known.of('b', make('b'))).toBe(4);
  });
});

describe('runbooks that were read before', () => {
  const text = runbookText('known', '      - { id: a, run: echo a, risk: read, expect: { exit: 0 } }');

  test('are judged by their text and by the name of their file', () => {
    const first = parseRunbook(text, 'known.runbook.yaml');
    expect(first.runbook?.id).toBe('known');
    expect(parseRunbook(text, 'known.runbook.yaml')).toEqual(first);
    const [misnamed] = parseRunbook(text, 'other.runbook.yaml').diagnostics;
    expect(misnamed).toMatchObject({ rule: 'runbook.file-name', file: 'other.runbook.yaml' });
    const changed = parseRunbook(text.replace('echo a', 'echo b'), 'known.runbook.yaml');
    expect(changed.runbook).not.toEqual(first.runbook);
  });

  test('follow from their files or not, whatever was found of other files', () => {
    const main = { kind: 'main', id: 'known', sha256: 'a'.repeat(64), text } as const;
    expect(relinkProblem('known', text, [main])).toBe('it does not say what it was put together from');
    expect(relinkProblem('known', text, [])).toBe('its own file as it was written is not among the files');
    expect(relinkProblem('known', 'runbook: [', [main])).toBe('it cannot be read');
  });
});
