import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judgeLink } from '../../../renderer/features/terminal/links.ts';
import { isTyped } from '../../../renderer/features/terminal/replies.ts';
import { remoteTitle } from '../../../renderer/features/terminal/title.ts';

describe('a title of the remote side', () => {
  it('is shown as it is when it is harmless', () => {
    expect(remoteTitle('root@db-01: /var/lib')).toBe('root@db-01: /var/lib');
  });
  it('is bounded, on one line, and cannot turn the direction of reading', () => {
    expect(remoteTitle('a\u202egnp.exe\u2066')).toBe('agnp.exe');
    expect(remoteTitle('one\n\n\ttwo')).toBe('onetwo');
    expect(remoteTitle('x'.repeat(5_000_000))).toHaveLength(80);
    expect(remoteTitle('\u001b\u0007\u200b')).toBeNull();
  });
  it('never holds a control or format character, whatever was sent', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (raw) => {
        expect(remoteTitle(raw) ?? '').not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
      }),
    );
  });
});

describe('an address in the output', () => {
  it('is shown with the host it really has', () => {
    expect(judgeLink('https://example.com/a?b#c')).toEqual({
      address: 'https://example.com/a?b#c',
      host: 'example.com',
      disguised: false,
    });
    // The first letter is Cyrillic.
    expect(judgeLink('https://\u0430pple.com/')).toEqual({
      address: 'https://xn--pple-43d.com/',
      host: 'xn--pple-43d.com',
      disguised: true,
    });
  });
  it.each([
    'file:///etc/passwd',
    'javascript:alert(1)',
    'smb://host/share',
    'ssh://host',
    '//host/share',
    'https://good.example@evil.example/',
    `https://example.com/${'a'.repeat(3000)}`,
    'not an address',
  ])('is not followed: %s', (text) => {
    expect(judgeLink(text)).toBeNull();
  });
});

describe('what the terminal sends', () => {
  it('is typed, unless it only tells that the window got or lost the focus', () => {
    expect(['\u001b[I', '\u001b[O'].map(isTyped)).toEqual([false, false]);
    expect(['a', '\u001b[A', '\u001bOP', '\r', '\u001b[<0;1;1M'].every(isTyped)).toBe(true);
  });
});
