import { describe, expect, it } from 'vitest';
import { clockSpan, isTimeZone, localClock, stamp, wordSpan } from '../../../renderer/format/time.ts';
import {
  bounded,
  fingerprintGroups,
  parseTyped,
  placeText,
  shortDigest,
  size,
  visible,
} from '../../../renderer/format/units.ts';

describe('time', () => {
  it('prints the weekday and UTC with every date', () => {
    expect(stamp('2026-11-21T02:41:07.123Z')).toBe('Sat 2026-11-21 02:41:07 UTC');
  });
  it('leaves what is no date as it is', () => {
    expect(stamp('soon')).toBe('soon');
  });
  it('names the city of the second clock and the weekday there', () => {
    const friday = new Date('2026-11-21T02:41:00Z');
    expect(localClock(friday, 'Europe/Prague')).toBe('03:41 Prague · Sat');
    expect(localClock(friday, 'America/New_York')).toBe('21:41 New York · Fri');
  });
  it('tells zones from other words', () => {
    expect(isTimeZone('Europe/Prague')).toBe(true);
    expect(isTimeZone('Prague')).toBe(false);
  });
  it.each([
    [400, '< 1 s'],
    [9_000, '0:09'],
    [708_000, '11:48'],
    [7_390_000, '2:03:10'],
  ])('measures %d ms as %s', (ms, words) => {
    expect(clockSpan(ms)).toBe(words);
  });
  it.each([
    [30_000, '30 s'],
    [600_000, '10 min'],
    [5_400_000, '1 h 30 min'],
    [7_200_000, '2 h'],
  ])('plans %d ms as %s', (ms, words) => {
    expect(wordSpan(ms)).toBe(words);
  });
});

describe('units', () => {
  it('prints sizes with their unit', () => {
    expect(size(1)).toBe('1 byte');
    expect(size(129)).toBe('129 bytes');
    expect(size(1_234)).toBe('1.2 kB');
    expect(size(1_234_567)).toBe('1.2 MB');
  });
  it('shortens digests at both ends', () => {
    expect(shortDigest('SHA256:aB4cdefghijklmnx1Q')).toBe('SHA256:aB4c…nx1Q');
  });
  it('makes control and direction characters visible, tabs and newlines excepted', () => {
    expect(visible('a\u202eb\u001bc\td\n')).toBe('a<U+202E>b<U+001B>c\td\n');
  });
  it.each(['ops@bastion', 'ops@10.0.0.1:2222', 'ops@[2001:db8::1]:2200', 'DOM\\ops@host'])(
    'reads %s back as it was written',
    (text) => {
      const typed = parseTyped(text);
      expect(typed === null ? null : placeText({ user: '', port: 22, ...typed })).toBe(text);
    },
  );
  it('leaves what was not typed to the configuration', () => {
    expect(parseTyped(' db-1 ')).toEqual({ host: 'db-1' });
    expect(parseTyped('db-1:2222')).toEqual({ host: 'db-1', port: 2222 });
  });
  it.each(['', '@bastion', 'ops@', 'ops@host:0', 'ops@host:70000', 'ops@host -oProxyCommand=x', '-oX=y'])(
    'refuses %j',
    (text) => {
      expect(parseTyped(text)).toBeNull();
    },
  );
  it('cuts a fingerprint for reading aloud without losing a character', () => {
    const fingerprint = `SHA256:${'abcdefghij'.repeat(5).slice(0, 43)}`;
    const groups = fingerprintGroups(fingerprint);
    expect(groups.join('')).toBe(fingerprint);
    expect(groups[0]).toBe('SHA256:');
    expect(Math.max(...groups.slice(1).map((group) => group.length))).toBe(4);
  });
  it('bounds the words of a host and shows what hides in them', () => {
    expect(bounded('ab\r\ncd\u202e', 20)).toBe('ab\ncd<U+202E>');
    expect(bounded('x'.repeat(50), 10)).toBe(`${'x'.repeat(10)}…`);
  });
});
