import { describe, expect, it } from 'vitest';
import {
  allowedSignersLine,
  parseAllowedSigners,
  parseRevoked,
  standingOf,
} from '../../../../electron/host/evidence/allowedSigners.ts';
import { must, testSigner } from '../../../fixtures/evidence/makeRun.ts';

const signer = testSigner('a');
const key = `ssh-ed25519 ${signer.publicKeyBlob.toString('base64')}`;
const NS = 'operator.evidence-v1@holdpoint';
const now = new Date('2026-11-21T02:00:00Z');
const standing = (text: string, at = now) =>
  standingOf(must(parseAllowedSigners(text)), signer.publicKeyBlob, NS, at);

describe('allowed_signers', () => {
  it('reads its own lines', () => {
    expect(standing(`${allowedSignersLine('alice@example.com', [NS], signer)}\n`)).toEqual({
      principals: ['alice@example.com'],
      refusals: [],
    });
  });

  it('reads comments, blank lines, CRLF, quotes, lists and comments after the key', () => {
    const text = `# team\r\n\r\n"alice@example.com,al@example.com" namespaces="git,${NS}",valid-after="20260101Z" ${key} the laptop of alice\r\n`;
    expect(standing(text).principals).toEqual(['alice@example.com', 'al@example.com']);
  });

  it.each([
    ['20261121020000Z', true],
    ['20261121015959Z', false],
    ['202611210200Z', true],
    ['20261122Z', true],
    ['20261121Z', false],
  ])('a key valid before %s counts at 02:00: %s', (time, counts) => {
    expect(standing(`a@b namespaces="${NS}",valid-before="${time}" ${key}`).principals.length > 0).toBe(
      counts,
    );
  });

  it.each([
    ['*', 'wildcard'],
    ['a*@example.com', 'wildcard'],
    ['alice@example.com,!bob@example.com', 'wildcard'],
  ])('refuses the principal %s', (principal, why) => {
    const found = standing(`${principal} namespaces="${NS}" ${key}`);
    expect(found.principals).toEqual([]);
    expect(found.refusals.join()).toContain(why);
  });

  it('refuses keys for any role, for other roles, for patterns of roles, and certificate authorities', () => {
    for (const options of [
      '',
      'namespaces="git" ',
      'namespaces="*" ',
      `cert-authority,namespaces="${NS}" `,
    ]) {
      expect(standing(`a@b ${options}${key}`)).toMatchObject({
        principals: [],
        refusals: [expect.stringMatching(/^line 1 /)],
      });
    }
  });

  it('takes a second, better line for the same key', () => {
    expect(standing(`* ${key}\na@b namespaces="${NS}" ${key}\n`).principals).toEqual(['a@b']);
  });

  it.each([
    'alice@example.com',
    `alice@example.com ssh-ed25519 !!!`,
    `alice@example.com ssh-rsa ${signer.publicKeyBlob.toString('base64')}`,
    `a@b unknown="x" ${key}`,
    `a@b namespaces="x ${key}`,
    `a@b valid-after="soon" ${key}`,
    `a@b valid-after="20261332Z" ${key}`,
    `a@b namespaces="a",namespaces="b" ${key}`,
    `a@b valid-before="20200101Z",valid-before="20990101Z" ${key}`,
    `a@b valid-after="20990101Z",valid-after="20200101Z" ${key}`,
    `a@b valid-after="20990101Z",valid-before="20200101Z" ${key}`,
    `a@b cert-authority,cert-authority ${key}`,
    `a@b namespaces=a ${key}`,
    `a@b namespaces="a", ${key}`,
    `,a@b namespaces="a" ${key}`,
  ])('fails as a whole on %j', (line) => {
    expect(parseAllowedSigners(`# x\n${line}\n`)).toMatchObject({
      ok: false,
      error: { code: 'bad-request', message: expect.stringContaining('line 2') as string },
    });
  });
});

describe('revoked keys', () => {
  it('are read one a line', () => {
    expect(must(parseRevoked(`# old\n\n${key} alice\n`)).has(signer.fingerprint)).toBe(true);
    expect(must(parseRevoked('')).size).toBe(0);
  });

  it.each(['SSHKRL\n\0binary', 'rubbish', 'ssh-ed25519 ???'])('fail on %j', (text) => {
    expect(parseRevoked(text).ok).toBe(false);
  });
});
