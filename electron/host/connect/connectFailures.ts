/** Words for what can go wrong between the first packet and the login. Must name the host and the next thing to do. */
import { fail } from '../../contract/result.ts';
import type { Failure } from '../../contract/result.ts';
import type { HostKeyVerdict, KeyName } from './trust/knownHosts.ts';
import { knownHostsName } from './trust/knownHosts.ts';
import { cleanLine } from './serverText.ts';

/** Where a connection attempt has got to. */
export type Phase = 'reach' | 'identify' | 'key-exchange' | 'trust' | 'login';

const doing: Readonly<Record<Phase, string>> = {
  reach: 'connecting',
  identify: 'waiting for the SSH identification',
  'key-exchange': 'agreeing on keys',
  trust: 'the host key was being confirmed',
  login: 'logging in',
};

const socketHints: Readonly<Record<string, readonly [what: string, hint: string]>> = {
  ECONNREFUSED: ['refused the connection', 'Check that sshd runs there and that the port is right.'],
  ENOTFOUND: ['has no address', 'Check the spelling of the host name and the name service.'],
  EAI_AGAIN: ['could not be looked up', 'The name service does not answer: check the network and the VPN.'],
  EHOSTUNREACH: ['cannot be reached', 'Check the route, the VPN and whether the host is up.'],
  ENETUNREACH: ['cannot be reached: no network', 'Check the network and the VPN.'],
  ETIMEDOUT: ['did not answer', 'Check the firewall, the VPN and whether the host is up.'],
  ECONNRESET: ['reset the connection', 'Look at its sshd log; it may refuse this address for a while.'],
  EPIPE: ['closed the connection', 'Look at its sshd log; it may refuse this address for a while.'],
};

/** The socket failed; `code` is Node's error code. */
export function socketFailure(address: string, phase: Phase, code: string): Failure {
  const [what, hint] = socketHints[code] ?? [
    `cannot be reached (${cleanLine(code, 80)})`,
    'Check host, port and network.',
  ];
  const when = phase === 'reach' ? '' : ` while ${doing[phase]}`;
  return fail('network', `${address} ${what}${when}.`, { hint }).error;
}

export function timeoutFailure(address: string, phase: Phase, timeoutMs: number): Failure {
  return fail(
    'network',
    `${address} did not answer within ${String(timeoutMs / 1000)} s while ${doing[phase]}.`,
    {
      hint:
        phase === 'reach'
          ? 'Check the firewall, the VPN and whether the host is up.'
          : 'The port is open but the server is silent: it may be overloaded, or not an SSH server.',
    },
  ).error;
}

/** The server closed the connection in a phase; `said` is what it gave as the reason. */
export function closedFailure(address: string, phase: Phase, said: string | undefined): Failure {
  const words = said === undefined ? '' : ` It said: ${cleanLine(said, 200)}`;
  const hints: Readonly<Record<Phase, string>> = {
    reach: 'Check host, port and network.',
    identify:
      'It may not be an SSH server, have too many open logins (MaxStartups), or refuse this address for a while.',
    'key-exchange': 'Look at the sshd log of the host.',
    trust: 'Servers end an unfinished login after a time (often 2 minutes). Connect again and answer sooner.',
    login:
      'Servers end an unfinished login after a time (often 2 minutes) or after too many refusals. Look at its sshd log.',
  };
  return fail('network', `${address} closed the connection while ${doing[phase]}.${words}`, {
    hint: hints[phase],
  }).error;
}

/** ssh2 gave up on the protocol; `reason` is its own English text. */
export function protocolFailure(address: string, phase: Phase, reason: string): Failure {
  const missing = /no matching (.+)$/.exec(reason)?.[1];
  if (missing !== undefined) {
    return fail(
      'unsupported',
      `${address} and the built-in client have no ${cleanLine(missing, 60)} in common.`,
      {
        hint: 'The host offers only what is outdated (SHA-1, CBC) or too new for this client. Update its sshd, or use the system ssh.',
      },
    ).error;
  }
  if (/signature verification failed/.test(reason)) {
    return fail('trust', `${address} could not prove that it holds its host key.`, {
      hint: 'Somebody may be in between. Do not connect; tell whoever runs the network.',
    }).error;
  }
  return fail('network', `${address}: SSH failed while ${doing[phase]}: ${cleanLine(reason, 200)}`, {
    hint: 'It may not be an SSH server, or the connection was damaged. Try again; look at its sshd log.',
  }).error;
}

export function declinedFailure(address: string, key: KeyName, cancelled: boolean): Failure {
  return fail(
    cancelled ? 'cancelled' : 'trust',
    `The host key of ${address} (${key.type} ${key.fingerprint}) was not confirmed. Nothing was sent to the host.`,
    {
      hint: 'Compare the fingerprint with the one its owner publishes (ssh-keygen -lf on the host), then connect again.',
    },
  ).error;
}

type Stop = Extract<HostKeyVerdict, { kind: 'changed' | 'revoked' }>;

/** A key that must not be asked about: changed or revoked. */
export function stopFailure(
  address: string,
  host: string,
  port: number,
  key: KeyName,
  verdict: Stop,
): Failure {
  const place = `${verdict.file}:${String(verdict.line)}`;
  const shown = `${key.type} ${key.fingerprint}`;
  if (verdict.kind === 'revoked') {
    return fail(
      'trust',
      `${address} shows a revoked key (${shown}; @revoked in ${place}). Nothing was sent to it.`,
      {
        hint: 'Whoever holds this key may not be the host. Ask its owner for the new key.',
      },
    ).error;
  }
  const was = `${verdict.old.type} ${verdict.old.fingerprint}`;
  const message = verdict.sameType
    ? `The host key of ${address} HAS CHANGED: now ${shown}, on file ${was} (${place}). Nothing was sent to it.`
    : `${address} shows a key of a type that is not on file: ${shown}; on file ${was} (${place}). Nothing was sent to it.`;
  return fail('trust', message, {
    hint:
      'Somebody may be in between, or the host was rebuilt. Ask its owner for the new fingerprint. Only when it matches: ' +
      `ssh-keygen -R '${knownHostsName(host, port)}' -f ${verdict.file}, then connect again.`,
  }).error;
}

export function certificateFailure(
  address: string,
  key: KeyName,
  place: { file: string; line: number },
): Failure {
  return fail(
    'unsupported',
    `${address} is trusted through a certificate authority (${place.file}:${String(place.line)}), which the built-in client cannot check. Its plain key is ${key.type} ${key.fingerprint}.`,
    {
      hint: 'Use the system ssh for this host, or add its plain key to known_hosts after comparing the fingerprint.',
    },
  ).error;
}
