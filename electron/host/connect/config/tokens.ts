/** `%h`, `~` and `${NAME}` in values of an OpenSSH configuration (ssh_config(5), sections TOKENS and FILES). */
import { join } from 'node:path';

export interface TokenValues {
  /** Name or address that is connected to. */
  readonly host: string;
  /** What was typed. */
  readonly alias: string;
  readonly port: number;
  readonly user: string;
  readonly localUser: string;
  readonly localHost: string;
  readonly home: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

export type Expanded =
  { readonly ok: true; readonly text: string } | { readonly ok: false; readonly why: string };

/** A path with everything filled in. */
export function expandPath(path: string, values: TokenValues): Expanded {
  const withEnv = expandEnvironment(path, values.env);
  if (!withEnv.ok) return withEnv;
  return expandTokens(expandTilde(withEnv.text, values.home), values);
}

/** `~` and `~/…` of this person; another person's home is left as it stands. */
export function expandTilde(path: string, home: string): string {
  if (path === '~') return home;
  return path.startsWith('~/') ? join(home, path.slice(2)) : path;
}

export function expandEnvironment(text: string, env: TokenValues['env']): Expanded {
  const missing: string[] = [];
  const expanded = text.replace(/\$\{([^}]*)\}/g, (_whole, name: string) => {
    const value = env[name];
    if (value === undefined) missing.push(name);
    return value ?? '';
  });
  return missing.length === 0
    ? { ok: true, text: expanded }
    : { ok: false, why: `the environment has no ${String(missing[0])}` };
}

export function expandTokens(text: string, values: TokenValues): Expanded {
  const unknown: string[] = [];
  const known: Readonly<Record<string, string>> = {
    '%': '%',
    h: values.host,
    n: values.alias,
    p: String(values.port),
    r: values.user,
    u: values.localUser,
    d: values.home,
    l: values.localHost,
    L: values.localHost.split('.')[0] ?? values.localHost,
    i: String(process.getuid?.() ?? 0),
    k: values.alias,
  };
  const expanded = text.replace(/%(.?)/g, (whole, letter: string) => {
    const value = Object.hasOwn(known, letter) ? known[letter] : undefined;
    if (value === undefined) unknown.push(whole);
    return value ?? '';
  });
  return unknown.length === 0
    ? { ok: true, text: expanded }
    : { ok: false, why: `the token ${String(unknown[0])} is not known` };
}
