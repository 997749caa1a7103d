/** What a command on this computer gets of this app's environment: an allow-list, so that no token leaks into it. */

const NAMES: ReadonlySet<string> = new Set([
  ...['HOME', 'USER', 'LOGNAME', 'SHELL', 'PATH', 'LANG', 'LANGUAGE', 'TZ', 'TMPDIR'],
  ...['XDG_RUNTIME_DIR', 'XDG_CONFIG_HOME', 'XDG_DATA_HOME', 'XDG_CACHE_HOME', 'XDG_STATE_HOME'],
  // Where tools of the person find their agent and their clusters; both are paths, no secrets.
  ...['SSH_AUTH_SOCK', 'KUBECONFIG'],
  ...['SystemRoot', 'SystemDrive', 'ComSpec', 'PATHEXT', 'USERPROFILE', 'USERNAME', 'TEMP', 'TMP', 'APPDATA'],
  ...['LOCALAPPDATA', 'ProgramData', 'ProgramFiles'],
]);

/** The environment of a local command; `terminal` is the TERM of its pty. */
export function localEnvironment(
  from: Readonly<Record<string, string | undefined>>,
  terminal?: string,
): Record<string, string> {
  const allowed: Record<string, string> = {};
  for (const [name, value] of Object.entries(from)) {
    if (value !== undefined && (NAMES.has(name) || name.startsWith('LC_'))) allowed[name] = value;
  }
  // Without one, pipes of ours are sockets: bash takes that for rshd and would, as the outermost shell, read ~/.bashrc.
  if (terminal === undefined) allowed['SHLVL'] = '1';
  else allowed['TERM'] = terminal;
  return allowed;
}
