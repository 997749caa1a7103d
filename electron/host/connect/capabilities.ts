/** What the two SSH clients can do on this computer, and which keys the agent offers. Nothing is sent to any host. */
import { execFile } from 'node:child_process';
import type { ConnectCapabilities } from '../../contract/routes.ts';
import { listAgentKeys } from '../evidence/agent.ts';
import { localEnvironment } from './local/localEnvironment.ts';
import type { FoundOpenssh } from './openssh/findOpenssh.ts';
import { cleanLine } from './serverText.ts';
import { keyTypeOf } from './trust/knownHosts.ts';

/** The version this app is made for; it is pinned. */
export const SSH2_VERSION = '1.17.0';

const BUILT_IN_KEYS: ReadonlySet<string> = new Set([
  ...['ssh-ed25519', 'ssh-rsa', 'ecdsa-sha2-nistp256', 'ecdsa-sha2-nistp384', 'ecdsa-sha2-nistp521'],
]);

type Feature = ConnectCapabilities['features'][number];
type Has = Feature['openssh'];

/** Looks at this computer; `socket` is the agent's, or empty. */
export async function connectCapabilities(found: FoundOpenssh, socket: string): Promise<ConnectCapabilities> {
  const [probed, agent] = await Promise.all([probe(found), agentState(socket)]);
  return {
    engines: [
      found.suitable
        ? { id: 'openssh', ok: true, version: found.version, text: `The system's ssh at ${found.path}.` }
        : { id: 'openssh', ok: false, version: found.version ?? '', text: found.reason },
      { id: 'ssh2', ok: true, version: `ssh2 ${SSH2_VERSION}`, text: 'The built-in client. Always there.' },
    ],
    features: featuresOf(found, probed),
    agent,
  };
}

interface Probed {
  readonly postQuantum: string;
  readonly securityKeys: boolean;
  readonly kerberos: boolean;
}

/** Asks ssh itself what it was built with (`ssh -Q`, `ssh -G` without any configuration). */
async function probe(found: FoundOpenssh): Promise<Probed> {
  if (!found.suitable) return { postQuantum: '', securityKeys: false, kerberos: false };
  const [kex, keys, options] = await Promise.all([
    said(found.path, ['-Q', 'kex']),
    said(found.path, ['-Q', 'key']),
    said(found.path, ['-G', '-F', 'none', '-o', 'GSSAPIAuthentication=yes', '--', 'localhost']),
  ]);
  const postQuantum = kex.split('\n').find((name) => /mlkem|sntrup/.test(name)) ?? '';
  return {
    postQuantum: cleanLine(postQuantum, 60),
    securityKeys: /^sk-/m.test(keys),
    kerberos: /^gssapiauthentication yes$/m.test(options),
  };
}

function said(path: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve) => {
    const options = { env: localEnvironment(process.env), timeout: 5_000, killSignal: 'SIGKILL' as const };
    execFile(path, args, options, (_error, stdout) => {
      resolve(stdout);
    }).stdin?.end();
  });
}

function featuresOf(found: FoundOpenssh, probed: Probed): readonly Feature[] {
  const yes: Has = { has: 'yes' };
  const no: Has = { has: 'no' };
  const partly = (note: string): Has => ({ has: 'partly', note });
  const rows: readonly (readonly [id: string, title: string, openssh: Has, ssh2: Has])[] = [
    ['known-hosts', 'known_hosts, hashed and @revoked', yes, yes],
    ['host-certificates', 'Host keys signed by an authority (@cert-authority)', yes, no],
    ['user-certificates', 'User certificates', yes, refused()],
    ['security-keys', 'Hardware keys (FIDO)', probed.securityKeys ? yes : no, refused()],
    ['post-quantum', 'Post-quantum key exchange', postQuantum(probed), no],
    [
      'configuration',
      'Include, Match and tokens of the configuration',
      yes,
      partly(
        'Evaluated by ssh where there is one, else by this app without Match exec. What is left out is listed.',
      ),
    ],
    ['proxy-jump', 'Jump hosts (ProxyJump)', yes, yes],
    ['proxy-command', 'ProxyCommand', yes, refused()],
    ['keyboard-interactive', 'Questions of the host, several rounds and proofs', yes, yes],
    ['kerberos', 'Kerberos', probed.kerberos ? yes : no, no],
    ['exit-status', 'Exact exit status and signals', yes, yes],
    ['agent', 'Keys of an agent', yes, partly('Without certificates and hardware keys.')],
    [
      'key-files',
      'Key files',
      yes,
      partly('Not those encrypted with chacha20 or in PKCS#8; ssh-keygen -p rewrites them.'),
    ],
  ];
  return rows.map(([id, title, openssh, ssh2]) => ({
    id,
    title,
    openssh: found.suitable ? openssh : { has: 'no', note: found.reason },
    ssh2,
  }));
}

function refused(): Has {
  return { has: 'no', note: 'Said before anything is sent.' };
}

function postQuantum({ postQuantum: name }: Probed): Has {
  return name === '' ? { has: 'no', note: 'This version has none.' } : { has: 'yes', note: name };
}

async function agentState(socket: string): Promise<ConnectCapabilities['agent']> {
  if (socket === '') {
    return { socket, keys: [], problem: 'No agent is set up. Start one, or name its socket in Settings.' };
  }
  const listed = await listAgentKeys(socket);
  if (!listed.ok) return { socket, keys: [], problem: cleanLine(listed.error.message, 200) };
  return {
    socket,
    keys: listed.value.map(({ blob, comment, fingerprint }) => {
      const type = cleanLine(keyTypeOf(blob), 64);
      return { type, fingerprint, comment: cleanLine(comment, 200), builtIn: BUILT_IN_KEYS.has(type) };
    }),
  };
}
