import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compareFingerprint } from '../../../../electron/domain/trust/compare.ts';

const run = promisify(execFile);
const BARE = 'uNiVztksCsDhcc0u9e8BrWGXg+/qB6TnLkFhVbOIbw4';
const SHA = `SHA256:${BARE}`;
const OTHER = 'SHA256:p2QAMXNIC1TJYWeIOttrVc98/R1BUFWu3/LiyKgUfQM';
const outcome = (text: string, fingerprint = SHA) => compareFingerprint(text, fingerprint).outcome;

describe('the same fingerprint', () => {
  test.each([
    ['as OpenSSH writes it', SHA],
    ['without its prefix', BARE],
    ['with padding', `${BARE}=`],
    ['prefix and padding', `${SHA}=`],
    ['prefix in small letters', `sha256:${BARE}`],
    ['white space around', `\r\n\t ${SHA} \n`],
    ['broken over lines', `SHA256:${BARE.slice(0, 20)}\n   ${BARE.slice(20)}`],
    ['broken without prefix', `${BARE.slice(0, 5)} ${BARE.slice(5)}`],
    ['in quotes', `"${SHA}"`],
    ['a line of ssh-keygen -lf', `256 ${SHA} root@db-1 (ED25519)\n`],
    ['what ssh prints when it asks', `ED25519 key fingerprint is ${SHA}.\nThis key is not known`],
    ['a line of an inventory', `db-1 ed25519 ${BARE}`],
    ['twice', `${SHA}\n${SHA}`],
    ['with an invisible character', `\ufeff${SHA.slice(0, 12)}\u200b${SHA.slice(12)}`],
    ['beside an MD5 one', `MD5:16:27:ac:a5:76:28:2d:36:63:1b:56:4d:eb:df:a6:48 ${SHA}`],
  ])('%s', (_, text) => {
    expect(outcome(text)).toBe('same');
    expect(outcome(text, OTHER)).toBe('different');
  });

  test('is found in what ssh-keygen really prints', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'holdpoint-compare-'));
    try {
      await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'root@db 1', '-f', join(dir, 'k')]);
      const { stdout } = await run('ssh-keygen', ['-lf', join(dir, 'k.pub')]);
      const random = await run('ssh-keygen', ['-lvf', join(dir, 'k.pub')]);
      const md5 = await run('ssh-keygen', ['-l', '-E', 'md5', '-f', join(dir, 'k.pub')]);
      const shown = stdout.split(' ')[1] ?? '';
      expect(outcome(stdout, shown)).toBe('same');
      expect(outcome(random.stdout, shown)).toBe('same');
      expect(outcome(stdout, OTHER)).toBe('different');
      expect(compareFingerprint(md5.stdout, shown)).toMatchObject({
        outcome: 'unreadable',
        text: expect.stringContaining('Ask for the SHA256 one') as string,
      });
      const publicKey = await readFile(join(dir, 'k.pub'), 'utf8');
      expect(outcome(publicKey, shown), 'a public key is not a fingerprint').toBe('unreadable');
    } finally {
      await rm(dir, { recursive: true, force: true });
    }
  });
});

describe('what is no comparison', () => {
  test.each([
    ['nothing', '  ', /Paste the fingerprint/],
    ['half of it', SHA.slice(0, 30), /no whole SHA256/],
    ['one character short', SHA.slice(0, -1), /no whole SHA256/],
    ['one character more', `${SHA}A`, /no whole SHA256/],
    ['MD5', 'MD5:16:27:ac:a5:76:28:2d:36:63:1b:56:4d:eb:df:a6:48', /MD5 fingerprint.*ssh-keygen -lf/],
    ['MD5 without prefix', '16:27:ac:a5:76:28:2d:36:63:1b:56:4d:eb:df:a6:48', /MD5/],
    ['several', `${SHA}\n${OTHER}`, /several fingerprints/],
    ['words', 'it looks right to me', /no whole SHA256/],
  ])('%s', (_, text, says) => {
    const compared = compareFingerprint(text, SHA);
    expect(compared.outcome).toBe('unreadable');
    expect(compared.text).toMatch(says);
  });

  test('case counts', () => {
    expect(outcome(SHA.toLowerCase().replace('sha256', 'SHA256'))).toBe('different');
  });
});

test('no text is ever taken for the same unless it holds the whole fingerprint', () => {
  const letter = fc.constantFrom('A', 'B', 'C', 'x', 'y', 'z', '0', '1', '9', '+', '/');
  const fingerprint = fc.array(letter, { minLength: 43, maxLength: 43 }).map((all) => all.join(''));
  fc.assert(
    fc.property(fingerprint, fc.oneof(fingerprint, fc.string()), fc.nat(42), (key, text, at) => {
      const near = `SHA256:${key.slice(0, at)}${key[at] === 'Q' ? 'R' : 'Q'}${key.slice(at + 1)}`;
      expect(compareFingerprint(near, `SHA256:${key}`).outcome).toBe('different');
      expect(compareFingerprint(`SHA256:${key}`, `SHA256:${key}`).outcome).toBe('same');
      if (!text.includes(key)) expect(compareFingerprint(text, `SHA256:${key}`).outcome).not.toBe('same');
    }),
  );
});
