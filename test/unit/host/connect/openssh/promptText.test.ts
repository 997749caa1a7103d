import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readPrompt } from '../../../../../electron/host/connect/openssh/promptText.ts';

const print = `SHA256:${'A'.repeat(43)}`;
const asks = 'Are you sure you want to continue connecting (yes/no/[fingerprint])? ';
const hostKey = (name: string, more = 'This key is not known by any other names.'): string =>
  `The authenticity of host '${name}' can't be established.\nED25519 key fingerprint is ${print}.\n${more}\n${asks}`;

describe('what ssh asks', () => {
  it.each([
    ['[10.0.0.1]:2222 ([10.0.0.1]:2222)', '[10.0.0.1]:2222'],
    ['db-primary (<no hostip for proxy command>)', 'db-primary'],
    ['db (::1%lo)', 'db'],
    ['db', 'db'],
  ])('about the key of %s', (shown, name) => {
    expect(readPrompt(hostKey(shown), 'ask')).toEqual({
      kind: 'host-key',
      name,
      keyType: 'ED25519',
      fingerprint: print,
    });
  });

  it('about a key that is known under other names', () => {
    const more =
      'This host key is known by the following other names/addresses:\n    ~/.ssh/known_hosts:3: web';
    expect(readPrompt(hostKey('db', more), 'ask').kind).toBe('host-key');
  });

  it.each([
    ["Enter passphrase for key '/home/a b/.ssh/id': ", { kind: 'passphrase', file: '/home/a b/.ssh/id' }],
    ["root@db's password: ", { kind: 'password', account: 'root@db' }],
    ['(root@db) Verification code: ', { kind: 'server', account: 'root@db', text: 'Verification code: ' }],
    ["(root@db) root@db's password: ", { kind: 'server', account: 'root@db', text: "root@db's password: " }],
    ['Enter PIN for ED25519-SK key /home/a/id_sk: ', { kind: 'pin', key: 'ED25519-SK key /home/a/id_sk' }],
    ["Enter PIN for 'Token 1': ", { kind: 'pin', key: 'Token 1' }],
  ])('%s', (prompt, expected) => {
    expect(readPrompt(prompt, 'ask')).toEqual(expected);
  });

  it('for a touch, and nothing else as a notice', () => {
    const touch = `Confirm user presence for key ED25519-SK ${print}`;
    expect(readPrompt(touch, 'none')).toEqual({ kind: 'touch', key: `ED25519-SK ${print}` });
    expect(readPrompt(touch, 'ask').kind).toBe('other');
    expect(readPrompt("root@db's password: ", 'none').kind).toBe('other');
    expect(readPrompt('Add key x (y) to agent?', 'confirm').kind).toBe('other');
  });

  it.each([
    `${hostKey('db')}\n`,
    hostKey('db', `RSA key fingerprint is SHA256:${'B'.repeat(43)}.`),
    hostKey("x' y"),
    hostKey('db').replace(print, 'MD5:00:11'),
    hostKey('db').replace(asks, 'Continue? '),
    `Password: \n${hostKey('db')}`,
    " root@db's password: ",
    "root@db's password: \nEnter passphrase for key 'x': ",
    "Enter passphrase for key 'x': \nmore",
    '',
  ])('is text when it is not exactly one of these: %j', (prompt) => {
    expect(readPrompt(prompt, 'ask')).toEqual({ kind: 'other', text: prompt });
  });

  it('never fails, and nothing of a server becomes a question of this desk', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.constantFrom('ask', 'confirm', 'none'), (text, hint) => {
        expect(readPrompt(text, hint).kind).toMatch(/other|server|password/);
        const behind = readPrompt(`(root@db) ${text}`, 'ask');
        expect(behind.kind).toBe('server');
      }),
    );
  });
});
