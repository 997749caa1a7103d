/** What is to be known of one host before it is reached, from whichever reader of the configuration. */
import { hostname } from 'node:os';
import { join } from 'node:path';
import { fail, ok, type Result } from '../../../contract/result.ts';
import type { Evaluated, HostQuery, Setting } from './evaluate.ts';
import { ignoredByBuiltIn } from './keywords.ts';
import { expandEnvironment, expandPath, expandTokens, type TokenValues } from './tokens.ts';

export interface ConfigNote {
  readonly text: string;
  readonly file?: string;
  readonly line?: number;
}

export interface HostConfig {
  /** What was typed. */
  readonly alias: string;
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly hostKeyAlias?: string;
  /** The person's own known_hosts files, then the system's. */
  readonly knownHosts: readonly string[];
  readonly identityFiles: readonly string[];
  /** False when they are the usual ones because the configuration names none. */
  readonly identitiesNamed: boolean;
  readonly certificateFiles: readonly string[];
  readonly identitiesOnly: boolean;
  /** Socket, `none`, or absent when the configuration does not say. */
  readonly identityAgent?: string;
  /** As it stands; empty for none. */
  readonly proxyJump: string;
  readonly proxyCommand: string;
  /** File of revoked keys (RevokedHostKeys), which only ssh itself can look into. */
  readonly revokedHostKeys?: string;
  readonly keepAliveSeconds?: number;
  readonly keepAliveCount?: number;
  /** Who evaluated it: the system's ssh, this app, or nobody. */
  readonly by: 'ssh' | 'app' | 'nobody';
  /** What the built-in client leaves out. */
  readonly ignored: readonly ConfigNote[];
}

export interface Here {
  readonly home: string;
  readonly localUser: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

const DEFAULT_KEYS = ['id_ed25519', 'id_ecdsa', 'id_rsa', 'id_ed25519_sk', 'id_ecdsa_sk'];
const SYSTEM_KNOWN_HOSTS = ['/etc/ssh/ssh_known_hosts', '/etc/ssh/ssh_known_hosts2'];

/** The files used where the configuration says nothing. */
export function usualFiles(home: string): {
  readonly identityFiles: readonly string[];
  readonly userKnownHosts: readonly string[];
  readonly globalKnownHosts: readonly string[];
} {
  const folder = join(home, '.ssh');
  return {
    identityFiles: DEFAULT_KEYS.map((name) => join(folder, name)),
    userKnownHosts: ['known_hosts', 'known_hosts2'].map((name) => join(folder, name)),
    globalKnownHosts: SYSTEM_KNOWN_HOSTS,
  };
}

/** A host without any configuration. */
export function plainHost(query: HostQuery, here: Here): HostConfig {
  const usual = usualFiles(here.home);
  return {
    alias: query.alias,
    host: query.alias,
    port: query.port ?? 22,
    user: query.user ?? here.localUser,
    knownHosts: [...usual.userKnownHosts, ...usual.globalKnownHosts],
    identityFiles: usual.identityFiles,
    identitiesNamed: false,
    certificateFiles: [],
    identitiesOnly: false,
    proxyJump: '',
    proxyCommand: '',
    by: 'nobody',
    ignored: [],
  };
}

/** Puts the settings found for a host into their final form; names file and line of one that cannot be used. */
export function hostConfigFrom(
  evaluated: Evaluated,
  query: HostQuery,
  here: Here,
  more: Pick<HostConfig, 'by' | 'ignored'>,
): Result<HostConfig> {
  const { settings } = evaluated;
  const first = (keyword: string): Setting | undefined => settings.get(keyword)?.[0];
  const word = (keyword: string): string | undefined => first(keyword)?.words[0];
  const port = query.port ?? Number(word('port') ?? '22');
  if (!Number.isInteger(port) || port < 1 || port > 65_535)
    return bad(first('port'), 'Port is not a port number');
  const user = query.user ?? word('user') ?? here.localUser;
  const hostSetting = first('hostname');
  const values: TokenValues = {
    host: query.alias,
    alias: query.alias,
    port,
    user,
    localUser: here.localUser,
    localHost: hostname(),
    home: here.home,
    env: here.env,
  };
  // A typed name is no template: an IPv6 address may name its interface after a `%`.
  const named =
    hostSetting === undefined
      ? ({ ok: true, text: query.alias } as const)
      : expandTokens(hostSetting.words[0] ?? '', values);
  if (!named.ok) return bad(hostSetting, named.why);
  const full: TokenValues = { ...values, host: named.text };
  const identityFiles = paths(settings.get('identityfile'), full);
  if (!identityFiles.ok) return identityFiles;
  const certificateFiles = paths(settings.get('certificatefile'), full);
  if (!certificateFiles.ok) return certificateFiles;
  const own = pathList(first('userknownhostsfile'), full);
  if (!own.ok) return own;
  const system = pathList(first('globalknownhostsfile'), full);
  if (!system.ok) return system;
  const agent = agentOf(first('identityagent'), full);
  if (!agent.ok) return agent;
  const jump = expandTokens(jumpText(first('proxyjump')), full);
  if (!jump.ok) return bad(first('proxyjump'), jump.why);
  const every = count(first('serveraliveinterval'), 0, 86_400);
  if (!every.ok) return every;
  const times = count(first('serveralivecountmax'), 1, 1_000);
  if (!times.ok) return times;
  const usual = usualFiles(here.home);
  const hostKeyAlias = word('hostkeyalias');
  const command = first('proxycommand')?.rest.trim() ?? '';
  const revoked = first('revokedhostkeys')?.rest.trim() ?? 'none';
  return ok({
    alias: query.alias,
    host: named.text,
    port,
    user,
    ...(hostKeyAlias === undefined ? {} : { hostKeyAlias }),
    knownHosts: [...(own.value ?? usual.userKnownHosts), ...(system.value ?? usual.globalKnownHosts)],
    identityFiles: settings.has('identityfile') ? identityFiles.value : usual.identityFiles,
    identitiesNamed: settings.has('identityfile'),
    certificateFiles: certificateFiles.value,
    identitiesOnly: word('identitiesonly')?.toLowerCase() === 'yes',
    ...(agent.value === undefined ? {} : { identityAgent: agent.value }),
    proxyJump: jump.text,
    proxyCommand: command.toLowerCase() === 'none' ? '' : command,
    ...(revoked.toLowerCase() === 'none' ? {} : { revokedHostKeys: revoked }),
    ...(every.value === undefined ? {} : { keepAliveSeconds: every.value }),
    ...(times.value === undefined ? {} : { keepAliveCount: times.value }),
    ...more,
  });
}

/**
 * What the built-in client does not do of what is set for this host, with its place. `seen` is what ssh itself found:
 * where a block was only known to ssh (Match exec), the place is missing.
 */
export function ignoredOf(own: Evaluated | null, seen: Evaluated | null): readonly ConfigNote[] {
  const notes: ConfigNote[] = [];
  for (const [keyword, all] of own?.settings ?? []) {
    for (const setting of all) {
      const system = setting.file.startsWith('/etc/ssh/');
      const text = ignoredByBuiltIn(keyword, setting.rest.trim(), system);
      if (text !== null) notes.push({ text, file: setting.file, line: setting.line });
    }
  }
  for (const keyword of WITHOUT_DEFAULT) {
    if (own?.settings.has(keyword) === true) continue;
    for (const setting of seen?.settings.get(keyword) ?? []) {
      const text = ignoredByBuiltIn(keyword, setting.rest.trim(), false);
      if (text !== null) notes.push({ text });
    }
  }
  return notes;
}

/** Keywords that ssh only prints when something is set. */
const WITHOUT_DEFAULT = [
  ...['proxycommand', 'certificatefile', 'pkcs11provider', 'knownhostscommand', 'revokedhostkeys'],
  ...['remotecommand', 'localforward', 'remoteforward', 'dynamicforward', 'controlpath', 'bindaddress'],
] as const;

function jumpText(setting: Setting | undefined): string {
  const text = setting?.words[0] ?? '';
  return text.toLowerCase() === 'none' ? '' : text;
}

function paths(settings: readonly Setting[] | undefined, values: TokenValues): Result<readonly string[]> {
  const found: string[] = [];
  for (const setting of settings ?? []) {
    const text = setting.words[0] ?? '';
    if (text.toLowerCase() === 'none') continue;
    const expanded = expandPath(text, values);
    if (!expanded.ok) return bad(setting, expanded.why);
    if (!found.includes(expanded.text)) found.push(expanded.text);
  }
  return ok(found);
}

/** A keyword that takes several files in one line; undefined when it is not set. */
function pathList(setting: Setting | undefined, values: TokenValues): Result<readonly string[] | undefined> {
  if (setting === undefined) return ok(undefined);
  const found: string[] = [];
  for (const text of setting.words) {
    if (text.toLowerCase() === 'none') continue;
    const expanded = expandPath(text, values);
    if (!expanded.ok) return bad(setting, expanded.why);
    found.push(expanded.text);
  }
  return ok(found);
}

function agentOf(setting: Setting | undefined, values: TokenValues): Result<string | undefined> {
  const text = setting?.words[0];
  if (text === undefined) return ok(undefined);
  if (text.toLowerCase() === 'none') return ok('none');
  if (text === 'SSH_AUTH_SOCK') return ok(values.env['SSH_AUTH_SOCK'] ?? 'none');
  const name = /^\$([A-Za-z_][A-Za-z0-9_]*)$/.exec(text)?.[1];
  const expanded =
    name === undefined ? expandPath(text, values) : expandEnvironment(`\${${name}}`, values.env);
  // A variable that is not set means that there is no agent; anything else is a mistake in the file.
  if (!expanded.ok) return text.includes('$') ? ok('none') : bad(setting, expanded.why);
  return ok(expanded.text);
}

/** A number, or a time such as `2m` (sshd_config(5), TIME FORMATS), between two limits. */
function count(setting: Setting | undefined, min: number, max: number): Result<number | undefined> {
  const text = setting?.words[0];
  if (text === undefined) return ok(undefined);
  const parts = /^(\d+)([smhd]?)$/i.exec(text);
  const unit = { s: 1, m: 60, h: 3600, d: 86_400 }[(parts?.[2] ?? '').toLowerCase()] ?? 1;
  const value = Number(parts?.[1] ?? 'NaN') * unit;
  if (!Number.isInteger(value) || value < min) return bad(setting, `${text} is not a number that fits here`);
  return ok(Math.min(value, max));
}

function bad(setting: Setting | undefined, why: string): Result<never> {
  const place = setting === undefined ? '' : `${setting.file}:${String(setting.line)}: `;
  return fail('bad-request', `The OpenSSH configuration cannot be used: ${place}${why}.`, {
    kept: 'Nothing was sent to any host.',
    hint: 'Mend the file, or switch its use off in Settings.',
  });
}
