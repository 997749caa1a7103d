/** What each keyword of ssh_config(5) means to this app: used, without effect here, or not possible with a client. */

/** Keywords that take several lines; of all others the first one counts. */
export const ACCUMULATING: ReadonlySet<string> = new Set([
  'identityfile',
  'certificatefile',
  'localforward',
  'remoteforward',
  'dynamicforward',
  'sendenv',
  'setenv',
]);

/** Values that switch a keyword off: then it is nothing to speak of. */
const OFF: ReadonlySet<string> = new Set(['no', 'none', 'false', '0', '']);

/** What the built-in client leaves out, in words for a person. The key is the keyword in lower case. */
const NOT_BUILT_IN: Readonly<Record<string, readonly [name: string, what: string]>> = {
  proxycommand: ['ProxyCommand', 'the connection does not go through this command'],
  certificatefile: ['CertificateFile', 'user certificates are not supported'],
  pkcs11provider: ['PKCS11Provider', 'keys on smart cards are not supported'],
  securitykeyprovider: ['SecurityKeyProvider', 'hardware keys are not supported'],
  gssapiauthentication: ['GSSAPIAuthentication', 'Kerberos is not supported'],
  gssapidelegatecredentials: ['GSSAPIDelegateCredentials', 'Kerberos is not supported'],
  hostbasedauthentication: ['HostbasedAuthentication', 'logins by host are not supported'],
  knownhostscommand: ['KnownHostsCommand', 'host keys are only looked up in files'],
  revokedhostkeys: ['RevokedHostKeys', 'revoked keys are only known from @revoked in known_hosts'],
  verifyhostkeydns: ['VerifyHostKeyDNS', 'host keys are not looked up in the name service'],
  canonicalizehostname: ['CanonicalizeHostname', 'the name is used as it is typed'],
  controlmaster: ['ControlMaster', 'connections are not shared with other programs'],
  controlpath: ['ControlPath', 'connections are not shared with other programs'],
  forwardagent: ['ForwardAgent', 'the agent is not forwarded'],
  forwardx11: ['ForwardX11', 'X11 is not forwarded'],
  localforward: ['LocalForward', 'ports are not forwarded'],
  remoteforward: ['RemoteForward', 'ports are not forwarded'],
  dynamicforward: ['DynamicForward', 'ports are not forwarded'],
  tunnel: ['Tunnel', 'tunnels are not made'],
  remotecommand: ['RemoteCommand', 'only the commands of the runbook are sent'],
  localcommand: ['LocalCommand', 'no local command is run'],
  setenv: ['SetEnv', 'only TERM and the language are sent'],
  bindaddress: ['BindAddress', 'the system chooses the address to connect from'],
  bindinterface: ['BindInterface', 'the system chooses the interface to connect from'],
  addressfamily: ['AddressFamily', 'IPv4 and IPv6 are both tried'],
  ciphers: ['Ciphers', 'the built-in choice is used'],
  macs: ['MACs', 'the built-in choice is used'],
  kexalgorithms: ['KexAlgorithms', 'the built-in choice is used'],
  hostkeyalgorithms: ['HostKeyAlgorithms', 'the built-in choice is used'],
  pubkeyacceptedalgorithms: ['PubkeyAcceptedAlgorithms', 'the built-in choice is used'],
  preferredauthentications: ['PreferredAuthentications', 'keys come first, then questions, then a password'],
  stricthostkeychecking: ['StrictHostKeyChecking', 'an unknown host key is always asked about'],
  compression: ['Compression', 'nothing is compressed'],
};

/** Keywords where `no` is what matters. */
const REFUSING: Readonly<Record<string, readonly [name: string, what: string]>> = {
  passwordauthentication: ['PasswordAuthentication', 'a password is asked for where the host wants one'],
  pubkeyauthentication: ['PubkeyAuthentication', 'keys are offered'],
  kbdinteractiveauthentication: ['KbdInteractiveAuthentication', 'questions of the host are shown'],
};

/** Distributions set it for every host; without a ticket it does nothing. */
const QUIET_IN_SYSTEM_FILE: ReadonlySet<string> = new Set(['gssapiauthentication']);

/** What to say of a keyword that the built-in client ignores, or null when there is nothing to say. */
export function ignoredByBuiltIn(keyword: string, value: string, system: boolean): string | null {
  const lower = value.toLowerCase();
  const refusing = Object.hasOwn(REFUSING, keyword) ? REFUSING[keyword] : undefined;
  if (refusing !== undefined) return lower === 'no' ? sentence(refusing, value) : null;
  const entry = Object.hasOwn(NOT_BUILT_IN, keyword) ? NOT_BUILT_IN[keyword] : undefined;
  if (entry === undefined || OFF.has(lower)) return null;
  if (system && QUIET_IN_SYSTEM_FILE.has(keyword)) return null;
  if (keyword === 'stricthostkeychecking' && (lower === 'ask' || lower === 'yes')) return null;
  if (keyword === 'securitykeyprovider' && lower === 'internal') return null;
  if (keyword === 'addressfamily' && lower === 'any') return null;
  return sentence(entry, value);
}

function sentence([name, what]: readonly [string, string], value: string): string {
  const shown = value.length > 80 ? `${value.slice(0, 79)}…` : value;
  return `${name} ${shown} has no effect with the built-in client: ${what}.`;
}
