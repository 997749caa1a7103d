import { describe, expect, it } from 'vitest';
import { algorithmOptions, isOutdated } from '../../../../../electron/host/connect/openssh/algorithms.ts';
import type { AlgorithmInput } from '../../../../../electron/host/connect/openssh/algorithms.ts';
import { parseEffectiveConfig } from '../../../../../electron/host/connect/openssh/effectiveConfig.ts';

const defaults = {
  kexalgorithms: ['curve25519-sha256', 'diffie-hellman-group14-sha256'],
  hostkeyalgorithms: ['ssh-ed25519-cert-v01@openssh.com', 'ssh-ed25519', 'rsa-sha2-512', 'rsa-sha2-256'],
  ciphers: ['aes128-ctr'],
  macs: ['hmac-sha2-256', 'hmac-sha1'],
};

function optionsOf(change: Partial<AlgorithmInput> = {}): string[] {
  const made = algorithmOptions('u@h:22', {
    effective: defaults,
    defaults,
    supported: {},
    legacy: false,
    ...change,
  });
  if (!made.ok) throw new Error(made.error.message);
  return made.value;
}

describe('cryptography', () => {
  it.each([
    'ssh-rsa',
    'ssh-dss',
    'ssh-rsa-cert-v01@openssh.com',
    'hmac-sha1',
    'hmac-sha1-96-etm@openssh.com',
    'hmac-md5',
    'aes256-cbc',
    '3des-cbc',
    'rijndael-cbc@lysator.liu.se',
    'arcfour256',
    'diffie-hellman-group1-sha1',
    'diffie-hellman-group14-sha1',
    'diffie-hellman-group-exchange-sha1',
    'gss-group14-sha1-',
  ])('of old is %s', (name) => {
    expect(isOutdated(name)).toBe(true);
  });

  it.each([
    'rsa-sha2-512',
    'rsa-sha2-256-cert-v01@openssh.com',
    'hmac-sha2-256',
    'umac-128-etm@openssh.com',
    'aes128-gcm@openssh.com',
    'diffie-hellman-group14-sha256',
    'diffie-hellman-group16-sha512',
    'sntrup761x25519-sha512',
    'mlkem768x25519-sha256',
    'sk-ssh-ed25519@openssh.com',
  ])('of today is %s', (name) => {
    expect(isOutdated(name)).toBe(false);
  });

  it('of old is taken out, and what needs no change is left to ssh', () => {
    expect(optionsOf()).toEqual(['MACs=hmac-sha2-256']);
  });

  it('of old comes last with a legacy profile, and only what this ssh can do', () => {
    const supported = {
      kexalgorithms: ['diffie-hellman-group1-sha1', 'curve25519-sha256'],
      hostkeyalgorithms: ['ssh-rsa'],
    };
    expect(optionsOf({ legacy: true, supported })).toEqual([
      'KexAlgorithms=curve25519-sha256,diffie-hellman-group14-sha256,diffie-hellman-group1-sha1',
      'HostKeyAlgorithms=+ssh-rsa',
    ]);
  });

  it('lets ssh go on ordering host keys by what is known, where that can be said', () => {
    const older = { ...defaults, hostkeyalgorithms: [...defaults.hostkeyalgorithms, 'ssh-rsa'] };
    expect(optionsOf({ effective: older, defaults: older })).toContain('HostKeyAlgorithms=-ssh-rsa');
    const custom = { ...defaults, hostkeyalgorithms: ['rsa-sha2-256', 'rsa-sha2-512', 'ssh-rsa'] };
    expect(optionsOf({ effective: custom })).toContain('HostKeyAlgorithms=rsa-sha2-256,rsa-sha2-512');
  });

  it('asks for a host key that counts, and not again for one that does not', () => {
    expect(optionsOf({ preferredHostKeys: ['ssh-rsa'] })).toContain(
      'HostKeyAlgorithms=rsa-sha2-512,rsa-sha2-256,ssh-ed25519-cert-v01@openssh.com,ssh-ed25519',
    );
    expect(optionsOf({ withoutHostKeys: ['ssh-ed25519'] })).toContain(
      'HostKeyAlgorithms=-ssh-ed25519-cert-v01@openssh.com,ssh-ed25519',
    );
  });

  it('is refused when nothing is left, with the way out', () => {
    const made = algorithmOptions('u@h:22', {
      effective: { ciphers: ['3des-cbc'] },
      defaults,
      supported: {},
      legacy: false,
    });
    expect(!made.ok && made.error).toMatchObject({
      code: 'unsupported',
      message: expect.stringContaining('3des-cbc') as string,
      hint: expect.stringContaining('legacy') as string,
    });
  });
});

describe('an evaluated configuration', () => {
  it('is read by keyword, under both names of the user key list', () => {
    const config = parseEffectiveConfig(
      'host x\nciphers a,b\npubkeyacceptedkeytypes ssh-ed25519\nproxycommand nc %h %p\nproxycommand second\n',
    );
    expect(config).toEqual({
      algorithms: { ciphers: ['a', 'b'], pubkeyacceptedalgorithms: ['ssh-ed25519'] },
      proxyCommand: 'nc %h %p',
    });
    expect(parseEffectiveConfig('proxycommand none\n')).toEqual({ algorithms: {} });
  });
});
