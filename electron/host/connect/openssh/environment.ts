/**
 * What the system's ssh gets to see of this process's environment: an allow-list. Must never pass on a token, a
 * preloaded library or an option of Node.
 */

/** Who and where a person is, and which Kerberos cache and key hardware are theirs. */
const passedOn = [
  'HOME',
  'USER',
  'LOGNAME',
  'SHELL',
  'PATH',
  'TMPDIR',
  'XDG_RUNTIME_DIR',
  'KRB5CCNAME',
  'KRB5_CONFIG',
  'SSH_SK_PROVIDER',
  'SSH_SK_HELPER',
  'SSH_PKCS11_HELPER',
] as const;

export interface SshEnvironment {
  readonly agentSocket?: string;
  /** Program that answers questions; without it nothing can be asked. */
  readonly askpass?: string;
}

/** The environment for one ssh. Messages are in English, whatever the desk's language: they are read by this app. */
export function sshEnvironment(
  own: SshEnvironment,
  from: NodeJS.ProcessEnv = process.env,
): Record<string, string> {
  const made: Record<string, string> = {};
  for (const name of passedOn) {
    const value = from[name];
    if (value !== undefined) made[name] = value;
  }
  made['PATH'] ??= '/usr/local/bin:/usr/bin:/bin';
  made['LC_ALL'] = 'C';
  if (own.agentSocket !== undefined) made['SSH_AUTH_SOCK'] = own.agentSocket;
  if (own.askpass !== undefined) {
    made['SSH_ASKPASS'] = own.askpass;
    made['SSH_ASKPASS_REQUIRE'] = 'force';
  }
  return made;
}
