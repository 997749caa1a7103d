import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judgeInsert, judgePaste } from '../../../renderer/features/terminal/paste.ts';

describe('the paste gate', () => {
  it('types one short line without a question', () => {
    expect(judgePaste('ls -l')).toEqual({ text: 'ls -l', lines: ['ls -l'], ask: false, removed: 0 });
  });
  it.each(['a\nb', 'a\r\nb', 'a\rb', '\na', 'a\n'])(
    'asks about %j and turns its newlines into returns',
    (raw) => {
      const paste = judgePaste(raw);
      expect(paste.ask).toBe(true);
      expect(paste.text).not.toContain('\n');
      expect(paste.text).toContain('\r');
    },
  );
  it('takes out the end of a bracketed paste, so that nothing after it is typed as keys', () => {
    const paste = judgePaste('safe\u001b[201~rm -rf /');
    expect(paste.text).toBe('saferm -rf /');
    expect(paste.removed).toBe(1);
  });
  it('takes out a bracket that only appears once inner brackets are gone', () => {
    expect(judgePaste('\u001b[2\u001b[201~01~x').text).not.toContain('\u001b');
  });
  it('takes out text direction overrides', () => {
    expect(judgePaste('abc\u202edef')).toMatchObject({ text: 'abcdef', removed: 1 });
  });
  it('never lets a control character but tab and return through', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (raw) => {
        expect(judgePaste(raw).text).not.toMatch(/[\u0000-\u0008\u000a-\u000c\u000e-\u001f\u007f-\u009f]/);
      }),
    );
  });
  it('inserts a command without the newline at its end', () => {
    expect(judgeInsert('helm list\n\n')).toMatchObject({ text: 'helm list', ask: false });
    expect(judgeInsert('a \\\n  b\n').ask).toBe(true);
  });
});
