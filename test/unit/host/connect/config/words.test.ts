import { describe, expect, it } from 'vitest';
import { parseHop, parseHops } from '../../../../../electron/host/connect/config/hopText.ts';
import { matchesList } from '../../../../../electron/host/connect/patterns.ts';
import { splitLine } from '../../../../../electron/host/connect/config/words.ts';

describe('a line of the configuration', () => {
  it.each([
    ['Host a b', 'host', ['a', 'b']],
    ['  HostName=real.example  ', 'hostname', ['real.example']],
    ['Port = 2200', 'port', ['2200']],
    ['UserKnownHostsFile "/my files/kh" ~/b', 'userknownhostsfile', ['/my files/kh', '~/b']],
    ["IdentityFile '/a b/c'", 'identityfile', ['/a b/c']],
    ['IdentityFile /a\\ b', 'identityfile', ['/a b']],
    ['User bob # not me', 'user', ['bob']],
    ['"User" bob\r', 'user', ['bob']],
    ['ProxyCommand ssh "a', 'proxycommand', ['ssh "a']],
  ])('%j is split as ssh splits it', (line, keyword, words) => {
    expect(splitLine(line)).toMatchObject({ keyword, words });
  });

  it.each(['', '   ', '# Host a', '\t#x'])('%j says nothing', (line) => {
    expect(splitLine(line)).toBeNull();
  });

  it.each(['User "bob', "Host 'a", '= x', '\u0001\u0002 y'])('%j is told to be wrong', (line) => {
    expect(splitLine(line)).toEqual(expect.any(String));
  });
});

describe('patterns', () => {
  it.each([
    [['*'], 'anything', true],
    [['*.example.com'], 'db.example.com', true],
    [['*.example.com'], 'example.com', false],
    [['db?'], 'db1', true],
    [['db?'], 'db', false],
    [['*', '!bad*'], 'bad-host', false],
    [['!bad*'], 'good', false],
    [['DB1'], 'db1', false],
  ])('%j on %s: %s', (patterns, name, matched) => {
    expect(matchesList(patterns, name)).toBe(matched);
  });

  it('a pattern made to be slow is not', () => {
    expect(matchesList([`${'*a'.repeat(2000)}b`], 'a'.repeat(4000))).toBe(false);
  });
});

describe('a host as people write it', () => {
  it.each([
    ['db1', { host: 'db1' }],
    ['alice@db1', { host: 'db1', user: 'alice' }],
    ['alice@db1:2200', { host: 'db1', user: 'alice', port: 2200 }],
    ['ssh://alice@db1:2200/', { host: 'db1', user: 'alice', port: 2200 }],
    ['alice@realm@db1', { host: 'db1', user: 'alice@realm' }],
    ['[2001:db8::1]:22', { host: '2001:db8::1', port: 22 }],
    ['bob@[::1]', { host: '::1', user: 'bob' }],
    ['2001:db8::1', { host: '2001:db8::1' }],
    ['fe80::1%eth0', { host: 'fe80::1%eth0' }],
  ])('%s', (text, hop) => {
    expect(parseHop(text)).toEqual({ ok: true, value: hop });
  });

  it.each([
    '',
    '-oProxyCommand=x',
    'a b',
    '-l@db',
    'db:0',
    'db:70000',
    'db:x',
    '@db',
    'db;ls',
    '[::1',
    'a@-x',
  ])('%j is refused', (text) => {
    expect(parseHop(text)).toMatchObject({ ok: false, error: { code: 'bad-request' } });
  });

  it('several, nearest first', () => {
    expect(parseHops('a, bob@b:2 ,c')).toEqual({
      ok: true,
      value: [{ host: 'a' }, { host: 'b', user: 'bob', port: 2 }, { host: 'c' }],
    });
    expect(parseHops('a,,b').ok).toBe(false);
  });
});
