import { describe, expect, it } from 'vitest';
import { clockSpan, isTimeZone, localClock, stamp, wordSpan } from '../../../renderer/format/time.ts';
import { addressText, parseAddress, shortDigest, size, visible } from '../../../renderer/format/units.ts';

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
  it.each(['ops@bastion', 'ops@10.0.0.1:2222', 'ops@[2001:db8::1]:2200'])(
    'reads %s back as it was written',
    (text) => {
      const address = parseAddress(text);
      expect(address === null ? null : addressText(address)).toBe(text);
    },
  );
  it.each(['', 'bastion', '@bastion', 'ops@', 'ops@host:0', 'ops@host:70000', 'ops@host -oProxyCommand=x'])(
    'refuses %j',
    (text) => {
      expect(parseAddress(text)).toBeNull();
    },
  );
});
