import { describe, expect, it } from 'vitest';
import { attemptFailure } from '../../../../../electron/host/connect/openssh/attemptFailure.ts';
import type { AttemptEnd } from '../../../../../electron/host/connect/openssh/attemptFailure.ts';
import { closedReason } from '../../../../../electron/host/connect/openssh/closedReason.ts';

describe('why a connection is gone', () => {
  it.each([
    ['Timeout, server db not responding.', 'network', /has not answered/],
    ['Connection to db closed by remote host.', 'there', /server closed/],
    ['Received disconnect from 10.0.0.1 port 22:11: shutting down', 'there', /shutting down/],
    ['Received disconnect from UNKNOWN port 65535:2: Too many', 'there', /Too many/],
    ['Read from remote host db: Connection reset by peer', 'network', /reset/],
    ['client_loop: send disconnect: Broken pipe', 'network', /Broken pipe/],
    ['Bad packet length 1234.', 'here', /protocol error/],
    ['something else', 'here', /without a word/],
  ] as const)('%s', (line, side, why) => {
    const closed = closedReason(['earlier words', line], undefined);
    expect(closed.side).toBe(side);
    expect(closed.why).toMatch(why);
  });

  it('names what was wrong on the socket when ssh says nothing', () => {
    expect(closedReason([], 'a body of 99 bytes').why).toContain('a body of 99 bytes');
  });
});

describe('why there is no connection', () => {
  const end: AttemptEnd = {
    address: 'u@db:22',
    phase: 'reach',
    said: [],
    login: { offered: [], current: undefined, tried: [], keysShown: 0, accepted: [] },
    legacy: false,
    proxyCommand: false,
    hasAgent: false,
  };
  const offer =
    'Unable to negotiate with 10.0.0.1 port 22: no matching host key type found. Their offer: ssh-rsa,ssh-dss';

  it.each([
    [{ said: ['ssh: connect to host db port 22: Connection refused'] }, 'network', /refused the connection/],
    [{ said: ['ssh: connect to host db port 22: Connection timed out'] }, 'network', /did not answer/],
    [{ said: ['ssh: connect to host db port 22: No route to host'] }, 'network', /cannot be reached/],
    [{ said: ['ssh: Could not resolve hostname db: Name or service not known'] }, 'network', /no address/],
    [
      { said: ['ssh: Could not resolve hostname db: Temporary failure in name resolution'] },
      'network',
      /looked up/,
    ],
    [{ phase: 'key-exchange', said: [offer] }, 'unsupported', /outdated.*ssh-rsa, ssh-dss/],
    [
      { phase: 'key-exchange', said: [offer], legacy: true },
      'unsupported',
      /have no host key type in common/,
    ],
    [
      {
        phase: 'key-exchange',
        said: ['ssh_dispatch_run_fatal: Connection to 10.0.0.1 port 22: incorrect signature'],
      },
      'trust',
      /could not prove/,
    ],
    [
      {
        phase: 'login',
        said: ['Received disconnect from 10.0.0.1 port 22:2: Too many authentication failures'],
      },
      'auth',
      /Too many/,
    ],
    [
      { phase: 'login', said: ['u@db: Permission denied (publickey).', 'Load key "/k": error in libcrypto'] },
      'auth',
      /\/k: error in libcrypto/,
    ],
    [
      { phase: 'identify', said: ['kex_exchange_identification: Connection closed by remote host'] },
      'network',
      /closed the connection/,
    ],
    [{ said: [] }, 'network', /without a word/],
  ] as const)('%j', (change, code, message) => {
    const failure = attemptFailure({ ...end, ...change });
    expect(failure.code).toBe(code);
    expect(failure.message).toMatch(message);
    expect(failure.message).toContain('u@db:22');
  });

  it('does not let the banner of a server talk anybody into old algorithms', () => {
    const failure = attemptFailure({
      ...end,
      phase: 'login',
      said: [offer, 'u@db: Permission denied (publickey).'],
    });
    expect(failure.code).toBe('auth');
    expect(failure.hint).not.toMatch(/legacy/);
  });
});
