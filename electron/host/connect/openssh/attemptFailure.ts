/** Puts the end of an ssh that did not get through into words a person can act on. Text of ssh is matched, not shown raw. */
import { fail } from '../../../contract/result.ts';
import type { Failure } from '../../../contract/result.ts';
import { closedFailure, jumpFailure, protocolFailure, socketFailure } from '../connectFailures.ts';
import type { Phase } from '../connectFailures.ts';
import { cleanLine } from '../serverText.ts';
import { isOutdated } from './algorithms.ts';
import type { LoginFacts } from './debugLog.ts';

export interface AttemptEnd {
  readonly address: string;
  readonly phase: Phase;
  /** Lines of ssh that are not debugging, oldest first. */
  readonly said: readonly string[];
  readonly login: LoginFacts;
  readonly legacy: boolean;
  /** Address of the hop before, and what its ssh said meanwhile. */
  readonly jump?: { readonly address: string; readonly said: readonly string[] };
  /** Set when a command of the configuration carries the connection. */
  readonly proxyCommand: boolean;
  /** Whether the agent has been asked for keys. */
  readonly hasAgent: boolean;
}

const reachWords: readonly (readonly [words: RegExp, code: string])[] = [
  [/Connection refused/, 'ECONNREFUSED'],
  [/Temporary failure in name resolution|Try again/, 'EAI_AGAIN'],
  [
    /Could not resolve hostname|Name or service not known|nodename nor servname|No address associated/,
    'ENOTFOUND',
  ],
  [/No route to host/, 'EHOSTUNREACH'],
  [/Network is (unreachable|down)/, 'ENETUNREACH'],
  [/(Connection|Operation) timed out/, 'ETIMEDOUT'],
  [/Connection reset by peer/, 'ECONNRESET'],
];

/** The failure of an attempt that ssh has ended by itself. */
export function attemptFailure(end: AttemptEnd): Failure {
  return (
    configurationFailure(end) ??
    negotiationFailure(end) ??
    loginFailure(end) ??
    proofFailure(end) ??
    reachFailure(end) ??
    transportFailure(end)
  );
}

function configurationFailure({ address, phase, said }: AttemptEnd): Failure | undefined {
  if (phase !== 'reach') return undefined;
  const line = said.find((one) =>
    /: line \d+: |Bad (owner or permissions|configuration option)|^Bad /.test(one),
  );
  if (
    line === undefined ||
    !said.some((one) => /terminating|Bad (owner|configuration)|garbage|unsupported option|^Bad /i.test(one))
  )
    return undefined;
  return fail('bad-request', `The ssh configuration for ${address} cannot be used: ${cleanLine(line, 200)}`, {
    hint: 'Put the configuration right, then connect again.',
  }).error;
}

function negotiationFailure({ address, phase, said, legacy }: AttemptEnd): Failure | undefined {
  // After it a server can write what it likes (its banner): nobody may be led to old algorithms by that.
  if (phase === 'login') return undefined;
  const found = /no matching (.+?) found\. Their offer: (\S+)/.exec(said.join('\n'));
  if (found === null) return undefined;
  const what = cleanLine(found[1] ?? '', 60).replace(/ method$/, '');
  const offer = (found[2] ?? '').split(',').map((name) => cleanLine(name, 60));
  const outdated = offer.filter(isOutdated);
  const list = (names: readonly string[]): string => cleanLine(names.slice(0, 12).join(', '), 400);
  if (outdated.length > 0 && !legacy) {
    const message = `${address} offers only outdated cryptography (${what}: ${list(outdated)}), which is off. No login was tried.`;
    return fail('unsupported', message, {
      hint: 'Update its sshd. Until then a legacy profile with a reason allows old algorithms (SHA-1, CBC) for this one host.',
    }).error;
  }
  const message = `${address} and this computer's ssh have no ${what} in common; the host offers: ${list(offer)}. No login was tried.`;
  return fail('unsupported', message, {
    hint: 'Update the ssh of this computer or the sshd of the host, or look for a line in the ssh configuration that narrows the choice.',
  }).error;
}

function loginFailure(end: AttemptEnd): Failure | undefined {
  const { address, said, login } = end;
  const text = said.join('\n');
  const refused = /Permission denied \(([^)]*)\)/.exec(text);
  const tooMany = /Too many authentication failures/.test(text);
  if (refused === null && !tooMany) return undefined;
  const notes = [
    ...said.flatMap((line) => {
      const missing = /^Load key "(.+)": (.+)$/.exec(line);
      return missing === null
        ? []
        : [`${cleanLine(missing[1] ?? '', 200)}: ${cleanLine(missing[2] ?? '', 80)}`];
    }),
    ...said
      .filter((line) => /^sign_and_send_pubkey: |^no such identity: |agent refused/.test(line))
      .map((line) => cleanLine(line, 160)),
  ].slice(0, 5);
  const keys = login.keysShown;
  const tried = login.tried.map((name) =>
    name === 'publickey' ? `publickey (${String(keys)} ${keys === 1 ? 'key' : 'keys'})` : name,
  );
  const accepted =
    login.accepted.length === 0 ? '' : ` Accepted as one of several proofs: ${login.accepted.join(', ')}.`;
  const offered = login.offered.length === 0 ? 'nothing more' : login.offered.join(', ');
  const hangUp = tooMany ? ' The server said: Too many authentication failures.' : '';
  const unusable = notes.length === 0 ? '' : ` Not usable: ${notes.join('; ')}.`;
  const message = `${address} did not let you in (${tried.length === 0 ? 'nothing could be tried' : `tried: ${tried.join(', ')}`}). The server asks for: ${offered}.${accepted}${hangUp}${unusable}`;
  return fail('auth', message, { hint: loginHint(end, tooMany) }).error;
}

function loginHint({ login, hasAgent }: AttemptEnd, tooMany: boolean): string {
  if (tooMany) return 'Too many keys were offered. Load fewer keys into the agent, or name the right one.';
  if (login.offered.length === 1 && login.offered[0] === 'gssapi-with-mic') {
    return 'The host takes Kerberos only: get a ticket (kinit), then connect again.';
  }
  if (login.offered.includes('publickey') && login.keysShown === 0) {
    return hasAgent
      ? 'The agent holds no key that could be offered: load yours (ssh-add), or name a key file.'
      : 'Start an agent with your key loaded (ssh-add), or name a key file.';
  }
  return 'Check the user name, that the key or certificate is accepted for that account, and that the certificate is in its time. Nothing was sent again by itself.';
}

function proofFailure({ address, phase, said }: AttemptEnd): Failure | undefined {
  const text = said.join('\n');
  if (/incorrect signature|signature verification failed/.test(text)) {
    return protocolFailure(address, phase, 'signature verification failed');
  }
  if (/password (change|has) .*expired|must change your password|Password change required/i.test(text)) {
    return fail('auth', `${address} demands a new password before it lets you in.`, {
      hint: 'Log in once with ssh from a terminal and set a new password there.',
    }).error;
  }
  return undefined;
}

function reachFailure(end: AttemptEnd): Failure | undefined {
  const { address, phase, said, jump, proxyCommand } = end;
  if (phase !== 'reach' && phase !== 'identify') return undefined;
  if (jump !== undefined) {
    const open = [...jump.said, ...said]
      .map((line) => /open failed: (.+)$/.exec(line)?.[1])
      .filter((one) => one !== undefined)
      .at(-1);
    if (open !== undefined) return jumpFailure(address, jump.address, `${cleanLine(open, 160)}.`);
    if (said.some((line) => /Control socket connect|stdio forwarding/.test(line))) {
      return jumpFailure(address, jump.address, 'the connection to the jump host is gone.');
    }
  }
  if (proxyCommand) return proxyFailure(end);
  const line = said.find((one) => /^ssh: |^getaddrinfo/.test(one));
  if (line === undefined) return undefined;
  const code = reachWords.find(([words]) => words.test(line))?.[1];
  return socketFailure(address, 'reach', code ?? line.replace(/^ssh: /, ''));
}

function proxyFailure({ address, said }: AttemptEnd): Failure {
  const words = said
    .filter(
      (line) =>
        !/^(kex_exchange_identification|ssh_exchange_identification|Connection (closed|reset)|banner exchange)/.test(
          line,
        ),
    )
    .slice(-2)
    .map((line) => cleanLine(line, 160))
    .join(' ');
  return fail(
    'network',
    `The ProxyCommand for ${address} did not connect.${words === '' ? '' : ` It said: ${words}`}`,
    {
      hint: 'Run the command of the ssh configuration by itself in a terminal to see why.',
    },
  ).error;
}

function transportFailure(end: AttemptEnd): Failure {
  const { address, phase, said, jump } = end;
  const text = said.join('\n');
  const words = /Received disconnect from .*?:\d+: ?(.*)$/m.exec(text)?.[1];
  if (
    /invalid (format|characters)|banner line contains|bad remote protocol version|Protocol major versions|Not allowed at this time|Bad packet length/i.test(
      text,
    )
  ) {
    return protocolFailure(address, phase, said.at(-1) ?? '');
  }
  const late = phase === 'trust' || phase === 'login';
  if (late && /closed|reset|Broken pipe|[Tt]imed out/.test(text)) return closedFailure(address, phase, words);
  if (/Connection reset by peer|Connection reset by /.test(text))
    return socketFailure(address, phase, 'ECONNRESET');
  if (/[Tt]imed out|not responding/.test(text)) return socketFailure(address, phase, 'ETIMEDOUT');
  if (words !== undefined || /Connection closed by|closed by remote host/.test(text)) {
    const closed = closedFailure(address, phase, words);
    return jump === undefined
      ? closed
      : { ...closed, message: `${closed.message} (Reached through ${jump.address}.)` };
  }
  const last = said.at(-1);
  const reason = last === undefined ? 'ssh ended without a word' : last;
  return protocolFailure(address, phase, reason);
}
