import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DebugLog } from '../../../../../electron/host/connect/openssh/debugLog.ts';
import type { LogStep } from '../../../../../electron/host/connect/openssh/debugLog.ts';

const print = `SHA256:${'A'.repeat(43)}`;
const exchange = `OpenSSH_9.2p1 Debian-2+deb12u10, OpenSSL 3.0.19 27 Jan 2026
debug1: Connecting to 127.0.0.1 [127.0.0.1] port 47122.
debug1: Connection established.
debug1: Remote protocol version 2.0, remote software version OpenSSH_9.2p1 Debian-2+deb12u10
debug1: kex: algorithm: sntrup761x25519-sha512
debug1: kex: host key algorithm: ssh-ed25519
debug1: kex: server->client cipher: aes128-ctr MAC: <implicit> compression: none
debug1: kex: client->server cipher: chacha20-poly1305@openssh.com MAC: <implicit> compression: none
debug1: Server host key: ssh-ed25519 ${print}
debug1: Host '[127.0.0.1]:47122' is known and matches the ED25519 host key.
debug1: SSH2_MSG_NEWKEYS received
`;
const login = `debug1: Authentications that can continue: publickey,password
debug1: Next authentication method: publickey
debug1: Offering public key: a ED25519 SHA256:x explicit
debug1: Authentications that can continue: publickey,password
debug1: Offering public key: b ED25519 SHA256:y explicit agent
debug1: Server accepts key: b ED25519 SHA256:y explicit agent
Authenticated using "publickey" with partial success.
debug1: Authentications that can continue: keyboard-interactive
debug1: Next authentication method: keyboard-interactive
Authenticated to 127.0.0.1 ([127.0.0.1]:47122) using "keyboard-interactive".
debug1: Entering interactive session.
`;

function read(...chunks: string[]): { log: DebugLog; steps: LogStep[] } {
  const steps: LogStep[] = [];
  const log = new DebugLog((step) => steps.push(step));
  for (const chunk of chunks) log.push(chunk);
  log.end();
  return { log, steps };
}

describe('the log of a connection', () => {
  it('gives the facts and the steps', () => {
    const { log, steps } = read(exchange, login);
    expect(log.facts).toEqual({
      server: 'SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u10',
      kex: 'sntrup761x25519-sha512',
      cipher: 'chacha20-poly1305@openssh.com',
      hostKey: { type: 'ssh-ed25519', fingerprint: print },
      known: 'key',
    });
    expect(log.login).toMatchObject({
      offered: ['keyboard-interactive'],
      tried: ['publickey', 'keyboard-interactive'],
      keysShown: 2,
      accepted: ['publickey (agent)', 'keyboard-interactive'],
    });
    expect(steps.filter((step) => step !== 'answered')).toEqual([
      'reached',
      'identified',
      'host-key',
      'proven',
      'signing',
      'listening',
    ]);
  });

  it('is read the same wherever it is split', () => {
    const whole = read(exchange + login);
    fc.assert(
      fc.property(fc.array(fc.nat((exchange + login).length), { maxLength: 30 }), (cuts) => {
        const places = [...new Set([0, ...cuts, (exchange + login).length])].sort((a, b) => a - b);
        const parts = places.slice(1).map((end, n) => (exchange + login).slice(places[n], end));
        const split = read(...parts);
        expect([split.log.facts, split.log.login, split.steps]).toEqual([
          whole.log.facts,
          whole.log.login,
          whole.steps,
        ]);
      }),
      { numRuns: 50 },
    );
  });

  it('takes no fact of the key exchange from a banner that imitates it', () => {
    const banner = exchange
      .replaceAll('sntrup761x25519-sha512', 'none')
      .replaceAll(print, `SHA256:${'B'.repeat(43)}`);
    const { log, steps } = read(exchange, banner, login);
    expect(log.facts).toEqual(read(exchange).log.facts);
    expect(steps.filter((step) => step === 'proven')).toHaveLength(1);
  });

  it.each([
    ['k ED25519-CERT SHA256:x explicit', 'publickey (certificate, file)'],
    ['k ED25519-SK SHA256:x explicit agent', 'publickey (security key, agent)'],
    ['/a b/my agent key RSA SHA256:x', 'publickey (file)'],
    ['pkcs11 RSA SHA256:x token', 'publickey (token)'],
  ])('says where an accepted key came from: %s', (taken, method) => {
    const { log } = read(
      exchange,
      `debug1: Server accepts key: ${taken}\ndebug1: Authentication succeeded (publickey).\n`,
    );
    expect(log.login.accepted).toEqual([method]);
  });

  it('knows a host that an authority has signed', () => {
    const signed = exchange
      .replace('Server host key: ssh-ed25519', 'Server host certificate: ssh-ed25519-cert-v01@openssh.com')
      .replace(print, `${print}, serial 0 ID "db" CA ssh-ed25519 ${print} valid forever`)
      .replace('ED25519 host key.', 'ED25519-CERT host certificate.');
    expect(read(signed).log.facts).toMatchObject({
      known: 'certificate',
      hostKey: { type: 'ssh-ed25519-cert-v01@openssh.com', fingerprint: print },
    });
  });

  it('hands over the words before a question, once, and keeps a bounded number', () => {
    const { log } = read(exchange, login, 'Corp login\nLine one\n');
    expect(log.takeRecentWords()).toBe('Corp login\nLine one');
    expect(log.takeRecentWords()).toBe('');
    const flooded = read(exchange, 'words\n'.repeat(5000), 'x'.repeat(1_000_000));
    expect(flooded.log.said.length).toBeLessThanOrEqual(60);
    expect(Math.max(...flooded.log.said.map((line) => line.length))).toBeLessThanOrEqual(4096);
  });

  it('never fails on any text', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' })), (chunks) => {
        read(...chunks.map((chunk) => `debug1: ${chunk}\n`));
      }),
    );
  });
});
