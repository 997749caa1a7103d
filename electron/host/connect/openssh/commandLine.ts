/**
 * The arguments that the system's ssh is started with. What this app has decided or must never allow stands on the
 * command line, where it wins over any configuration.
 */
import { fail, ok } from '../../../contract/result.ts';
import type { Result } from '../../../contract/result.ts';
import type { Hop } from '../connection.ts';
import type { PrivateFolder } from './privateFolder.ts';

export const passwordPrompts = 3;

/** Never forwarded, never run here, never answered or written by ssh itself. */
const fixed: readonly string[] = [
  'BatchMode=no',
  'ForwardAgent=no',
  'ForwardX11=no',
  'ClearAllForwardings=yes',
  'Tunnel=no',
  'PermitLocalCommand=no',
  'RemoteCommand=none',
  'RequestTTY=no',
  'ControlMaster=yes',
  'ControlPersist=no',
  'EscapeChar=none',
  'ConnectionAttempts=1',
  'TCPKeepAlive=yes',
  'StrictHostKeyChecking=ask',
  'UpdateHostKeys=no',
  'CheckHostIP=no',
  'VerifyHostKeyDNS=no',
  'VisualHostKey=no',
  'NoHostAuthenticationForLocalhost=no',
  'GlobalKnownHostsFile=none',
  'HashKnownHosts=no',
  'FingerprintHash=sha256',
  'HostbasedAuthentication=no',
  'GSSAPIDelegateCredentials=no',
  'AddKeysToAgent=no',
  'PreferredAuthentications=gssapi-with-mic,publickey,keyboard-interactive,password',
  `NumberOfPasswordPrompts=${String(passwordPrompts)}`,
];

/** The same, for what came later. A name that ssh does not know would be an error. */
const since: readonly (readonly [release: number, option: string])[] = [
  [805, 'KnownHostsCommand=none'],
  [805, 'LogVerbose=none'],
  [807, 'ForkAfterAuthentication=no'],
];

/** Arguments that say which host is meant, for `ssh -G` too: `destination` comes last. */
export function hostArguments(hop: Hop, configFile: string | undefined): Result<string[]> {
  const destination = hop.alias ?? hop.host;
  for (const [what, value] of [
    ['host', hop.host],
    ['name', destination],
    ['user', hop.user],
    ['host key alias', hop.hostKeyAlias ?? 'x'],
  ] as const) {
    if (value !== '' && !/[\s\u0000-\u001f\u007f"'`\\$;&<>|(){}]/.test(value) && !value.startsWith('-'))
      continue;
    return fail('bad-request', `The ${what} ${JSON.stringify(value.slice(0, 80))} cannot be given to ssh.`, {
      hint: 'Names of hosts and users have no spaces, quotes or shell characters and do not start with a dash.',
    });
  }
  return ok([
    ...(configFile === undefined ? [] : ['-F', configFile]),
    '-l',
    hop.user,
    '-p',
    String(hop.port),
    '-o',
    `HostName=${percent(hop.host)}`,
    '-o',
    // A name that is whole is not looked up again, but the blocks of the configuration that are for it count.
    hop.host.includes('.') ? 'CanonicalizeMaxDots=0' : 'CanonicalizeHostname=no',
    ...(hop.hostKeyAlias === undefined ? [] : ['-o', `HostKeyAlias=${hop.hostKeyAlias}`]),
    '--',
    destination,
  ]);
}

export interface MasterInput {
  /** Of the ssh program: 9.2 is 902. */
  readonly release: number;
  readonly hop: Hop;
  readonly folder: PrivateFolder;
  /** From `hostArguments`. */
  readonly host: readonly string[];
  /** From `algorithmOptions`. */
  readonly algorithms: readonly string[];
  /** Command that carries the connection, or none for a direct one. */
  readonly proxyCommand: string | undefined;
  /** known_hosts files that count, after the private one. */
  readonly knownHosts: readonly string[];
  /** Seconds after which ssh itself gives up on an answer; above the app's own limit. */
  readonly connectTimeoutS: number;
}

/** All arguments of a master. */
export function masterArguments(input: MasterInput): Result<string[]> {
  const { hop, folder } = input;
  const files = [folder.knownHosts, ...input.knownHosts];
  const paths = [...files, ...hop.identityFiles, ...(hop.certificateFiles ?? []), hop.agentSocket ?? ''];
  const bad = paths.find((path) => /["\\\u0000-\u001f\u007f]|\$\{/.test(path));
  if (bad !== undefined) {
    return fail('bad-request', `The path ${JSON.stringify(bad.slice(0, 200))} cannot be given to ssh.`, {
      hint: 'Rename the file: ssh has no way to take quotes, backslashes or ${ in a path.',
    });
  }
  const later = since.filter(([release]) => input.release >= release).map(([, option]) => option);
  const keepAliveS = Math.ceil(hop.keepAlive.intervalMs / 1000);
  const own = [
    `ProxyCommand=${input.proxyCommand ?? 'none'}`,
    `UserKnownHostsFile=${files.map(quoted).join(' ')}`,
    `IdentitiesOnly=${hop.identitiesOnly === true ? 'yes' : 'no'}`,
    `IdentityAgent=${hop.agentSocket === undefined ? 'none' : quoted(hop.agentSocket)}`,
    ...identityFiles(hop).map((file) => `IdentityFile=${file === 'none' ? file : quoted(file)}`),
    ...(hop.certificateFiles ?? []).map((file) => `CertificateFile=${quoted(file)}`),
    `ServerAliveInterval=${String(keepAliveS)}`,
    `ServerAliveCountMax=${String(Math.max(1, hop.keepAlive.count))}`,
    `ConnectTimeout=${String(input.connectTimeoutS)}`,
    ...input.algorithms,
  ];
  return ok([
    '-v',
    '-M',
    '-N',
    '-T',
    '-a',
    '-x',
    '-S',
    percent(folder.control),
    ...[...fixed, ...later, ...own].flatMap((option) => ['-o', option]),
    ...input.host,
  ]);
}

/** A command that carries the next hop's connection through the master of the one before. */
export function jumpCommand(
  ssh: string,
  previous: { readonly control: string; readonly hop: Hop },
  next: Hop,
): string {
  const target = `${next.host.includes(':') ? `[${next.host}]` : next.host}:${String(next.port)}`;
  const words = [
    ssh,
    '-F',
    'none',
    '-S',
    percent(previous.control),
    '-o',
    'ControlMaster=no',
    // Without its master, ssh would connect to the jump host by itself: to port 22, unpinned, with the usual keys.
    '-o',
    'ProxyCommand=false',
    '-o',
    'BatchMode=yes',
    '-W',
    target,
    '--',
    previous.hop.host,
  ];
  return words.map((word) => percent(shellQuoted(word))).join(' ');
}

function identityFiles(hop: Hop): readonly string[] {
  return hop.identityFiles.length === 0 ? ['none'] : hop.identityFiles;
}

/** ssh expands `%` and, at the start, `~` in paths and host names. */
function percent(value: string): string {
  return value.replaceAll('%', '%%');
}

function quoted(path: string): string {
  return `"${percent(path)}"`;
}

function shellQuoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
