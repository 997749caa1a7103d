/** Words for what can go wrong between the first packet and the login. Must name the host and the next thing to do. */
import { fail } from '../../contract/result.ts';
import type { ChangedHostKey, Failure } from '../../contract/result.ts';
import type { HostKeyVerdict, KeyName } from './trust/knownHosts.ts';
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

/** A jump host on the way to `address` is gone, or does not let it be reached. */
export function jumpFailure(address: string, jump: string, why: string): Failure {
  return fail('network', `${address} cannot be reached through ${jump}: ${why}`, {
    hint: 'Check the jump host, and that it may open connections to the next one (AllowTcpForwarding, firewall, name).',
  }).error;
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

/** What a server offers of a kind (key exchange, host key, cipher, MAC), and which of it only a legacy profile allows. */
export interface Offer {
  readonly all: readonly string[];
  readonly outdated: readonly string[];
}

/** No algorithm of a kind in common: `what` is the kind. `legacy`: the old ones were allowed already. */
export function noCommonFailure(address: string, what: string, offer: Offer, legacy: boolean): Failure {
  const list = (names: readonly string[]): string =>
    cleanLine(names.slice(0, 12).join(', ') || 'nothing', 400);
  const kind = cleanLine(what, 60);
  if (offer.outdated.length > 0 && !legacy) {
    return fail(
      'unsupported',
      `${address} offers only outdated cryptography (${kind}: ${list(offer.outdated)}), which is off. No login was tried.`,
      {
        hint: 'Update its sshd. Until then a legacy profile with a reason allows old algorithms (SHA-1, CBC) for this one host.',
      },
    ).error;
  }
  return fail(
    'unsupported',
    `${address} and the built-in client have no ${kind} in common; the host offers: ${list(offer.all)}. No login was tried.`,
    {
      hint: 'It offers what is too new or too old for the built-in client. Use the system ssh for this host, or update its sshd.',
    },
  ).error;
}

/** ssh2 gave up on the protocol; `reason` is its own English text. */
export function protocolFailure(address: string, phase: Phase, reason: string): Failure {
  if (/signature verification failed/.test(reason)) {
    return fail('trust', `${address} could not prove that it holds its host key.`, {
      hint: 'Somebody may be in between. Do not connect; tell whoever runs the network.',
    }).error;
  }
  return fail('network', `${address}: SSH failed while ${doing[phase]}: ${cleanLine(reason, 200)}`, {
    hint: 'It may not be an SSH server, or the connection was damaged. Try again; look at its sshd log.',
  }).error;
}

export function cancelledFailure(address: string): Failure {
  return fail('cancelled', `Connecting to ${address} was cancelled.`).error;
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

/** A key that must not be asked about: changed or revoked. `changed` is told along, for a guided replacement. */
export function stopFailure(address: string, key: KeyName, verdict: Stop, changed: ChangedHostKey): Failure {
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
      'Somebody may be in between, or the host was rebuilt. Ask its owner for the new fingerprint. Only when it matches, ' +
      `replace the key on file, here or with: ssh-keygen -R '${changed.name}' -f ${verdict.file}`,
    changedKey: changed,
  }).error;
}

/** The inventory vouches for other keys than the one shown. */
export function pinFailure(address: string, key: KeyName, pins: readonly string[]): Failure {
  return fail(
    'trust',
    `${address} shows ${key.type} ${key.fingerprint}, but the inventory vouches only for ${pins.slice(0, 8).join(', ')}. Nothing was sent to it.`,
    {
      hint: 'Somebody may be in between, or the host has another key (each type has its own). Ask its owner; the inventory has to be put right, not this desk.',
    },
  ).error;
}

/** A person vouched for one fingerprint in place of the key on record, and the host shows something else. */
export function notVouchedFailure(address: string, key: KeyName, vouched: string): Failure {
  return fail(
    'trust',
    `${address} shows ${key.type} ${key.fingerprint}, not the key that was vouched for (${vouched}). Nothing was sent to it, and the key on record stays.`,
    { hint: 'Compare the fingerprint with the owner of the host again. Nothing was replaced.' },
  ).error;
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
